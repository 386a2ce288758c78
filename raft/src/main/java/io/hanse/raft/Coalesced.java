package io.hanse.raft;

import io.hanse.fsm.port.Attempt;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks a question once for all who come while the last one is out. Whoever comes gets an answer to
 * a question that was asked after it came, never to one already out.
 */
final class Coalesced<T> {
  private final Supplier<CompletableFuture<T>> question;
  private boolean isOut;
  private @Nullable CompletableFuture<T> next;
  private volatile @Nullable CompletableFuture<T> out;

  Coalesced(Supplier<CompletableFuture<T>> question) {
    this.question = question;
  }

  CompletableFuture<T> ask() {
    CompletableFuture<T> answer;
    synchronized (this) {
      if (isOut) {
        if (next == null) {
          next = new CompletableFuture<>();
        }
        return next.copy();
      }
      isOut = true;
      answer = new CompletableFuture<>();
    }
    send(answer);
    return answer.copy();
  }

  /** Sees to it that a question is out, for its side effect. */
  void poke() {
    synchronized (this) {
      if (isOut) {
        return;
      }
      isOut = true;
    }
    send(new CompletableFuture<>());
  }

  private void send(CompletableFuture<T> answer) {
    CompletableFuture<T> asked = Attempt.of(question);
    out = asked;
    asked.whenComplete(
        (value, failure) -> {
          CompletableFuture<T> following;
          synchronized (this) {
            following = next;
            next = null;
            isOut = following != null;
          }
          if (following != null) {
            send(following);
          }
          if (failure == null) {
            answer.complete(value);
          } else {
            answer.completeExceptionally(failure);
          }
        });
  }

  /** Gives up the question that is out: whoever was asked will not answer. */
  void abandon(Throwable why) {
    CompletableFuture<T> given = out;
    if (given != null) {
      given.completeExceptionally(why);
    }
  }
}
