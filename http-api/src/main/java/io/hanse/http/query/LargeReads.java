package io.hanse.http.query;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.port.IdleThreads;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/**
 * Where long lists are read and encoded, so that no other client of the same event loop waits for
 * them: few threads, for each has a whole list in memory.
 */
final class LargeReads implements AutoCloseable {
  /** So much is read on the event loop itself: under a millisecond of work, mostly. */
  static final long TURN_BYTES = 128 << 10;

  private static final int THREADS = 2;
  private static final int WAITING_MAX = 8192;

  private final ExecutorService threads = IdleThreads.of("http-list", THREADS, WAITING_MAX);

  /** Fails with OVERLOADED if too many wait already. */
  <T> CompletableFuture<T> run(Supplier<T> read) {
    try {
      return CompletableFuture.supplyAsync(read, threads);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(
          new ProblemException(
              ProblemCode.OVERLOADED,
              "too many large lists are read at this time; try again later",
              e));
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
