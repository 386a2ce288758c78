package io.hanse.http.exchange;

import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Answers the calls of one method of one path. It never blocks the thread that it is called on. */
@FunctionalInterface
public interface Handler {
  /** Fails, or throws, with an {@link HttpProblem} or a {@code ProblemException}. */
  CompletableFuture<Answer> handle(Call call);

  /** Whether {@code index} and {@code wait} hold the answer back until something has changed. */
  default boolean isBlocking() {
    return false;
  }

  /** Whether the body may be too much for memory, and is put into a file. */
  default boolean takesFile() {
    return false;
  }

  /** Headers of a refusal that came before anything was read. */
  default Map<String, String> headersUnread() {
    return Map.of();
  }
}
