package io.hanse.peering.replication;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.port.Attempt;
import io.hanse.fsm.port.CommandSubmitter;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.CommandResult;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Gives commands to the log, again where nothing or nothing certain came of it. Only for commands
 * that may be applied twice: all of replication's state a whole content, and so may.
 */
final class LogWriter {
  private static final long PAUSE_MILLIS = 50;
  private static final long PAUSE_MILLIS_MAX = 1_000;

  private final Loop loop;
  private final CommandSubmitter submitter;
  private final int attempts;

  LogWriter(Loop loop, CommandSubmitter submitter, int attempts) {
    this.loop = loop;
    this.submitter = submitter;
    this.attempts = attempts;
  }

  /** Completes on the loop; fails with a {@link ProblemException}. */
  CompletableFuture<CommandResult> submit(Command command) {
    CompletableFuture<CommandResult> written = new CompletableFuture<>();
    attempt(command, 1, written);
    return written;
  }

  private void attempt(Command command, int number, CompletableFuture<CommandResult> written) {
    Attempt.of(() -> submitter.submit(command))
        .whenComplete(
            (result, failure) ->
                loop.execute(() -> finish(command, number, written, result, failure)));
  }

  private void finish(
      Command command,
      int number,
      CompletableFuture<CommandResult> written,
      CommandResult result,
      Throwable failure) {
    if (failure == null) {
      written.complete(result);
      return;
    }
    ProblemException problem = problemOf(failure);
    boolean again =
        switch (problem.code().category()) {
          case RETRY, UNKNOWN -> number < attempts;
          case CALLER, PEER, BUG -> false;
        };
    if (again) {
      long pause = Math.min(PAUSE_MILLIS_MAX, PAUSE_MILLIS << Math.min(number, 10));
      loop.after(pause, () -> attempt(command, number + 1, written));
    } else {
      written.completeExceptionally(problem);
    }
  }

  /** What a failed future says to people. */
  static String messageOf(Throwable failure) {
    return String.valueOf(problemOf(failure).getMessage());
  }

  /** The problem behind a failed future. */
  static ProblemException problemOf(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause instanceof ProblemException problem
        ? problem
        : new ProblemException(ProblemCode.INVARIANT_BROKEN, "unexpected: " + cause, failure);
  }
}
