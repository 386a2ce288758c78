package io.hanse.cli.agent;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Reads again what may change, for who asks by a request and is told whether it was. */
final class RequestedReload {
  private final Executor executor;
  private final Duration patience;
  private volatile Runnable reload = RequestedReload::refuse;

  /**
   * Refuses until it is opened.
   *
   * @param executor where files are read
   * @param patience for those who ask: the executor may be busy
   */
  RequestedReload(Executor executor, Duration patience) {
    this.executor = executor;
    this.patience = patience;
  }

  private static void refuse() {
    throw new ProblemException(
        ProblemCode.FAILED_PRECONDITION, "this server is still starting: nothing was reloaded");
  }

  /**
   * Does from now on what is asked for.
   *
   * @param newReload throws where not all was reloaded
   */
  void open(Runnable newReload) {
    reload = newReload;
  }

  CompletableFuture<Void> run() {
    Runnable asked = reload;
    return CompletableFuture.runAsync(asked, executor)
        .orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
        .exceptionallyCompose(
            failure -> CompletableFuture.failedFuture(isLate(failure) ? late(failure) : failure));
  }

  private static boolean isLate(Throwable failure) {
    return failure instanceof TimeoutException || failure.getCause() instanceof TimeoutException;
  }

  private ProblemException late(Throwable failure) {
    return new ProblemException(
        ProblemCode.DEADLINE_EXCEEDED,
        "nothing was reloaded within " + patience.toSeconds() + " s; it may be yet, see the log",
        failure);
  }
}
