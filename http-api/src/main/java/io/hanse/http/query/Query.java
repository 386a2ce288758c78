package io.hanse.http.query;

import io.hanse.fsm.store.View;
import io.hanse.http.exchange.Answer;
import io.hanse.http.exchange.Call;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Answers a call from a view. What it reads there decides on its index and on what wakes it. */
@FunctionalInterface
public interface Query {
  /** May not keep the view. */
  Answer answer(Call call, View view);

  /** A query whose answer takes more than the view has; asked for only when it is to be sent. */
  @FunctionalInterface
  interface Staged {
    Supplier<CompletableFuture<Answer>> prepare(Call call, View view);
  }
}
