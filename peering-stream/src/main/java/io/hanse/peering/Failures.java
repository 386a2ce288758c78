package io.hanse.peering;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import java.util.concurrent.CompletionException;

/** Failures of asynchronous steps. */
final class Failures {
  private Failures() {}

  /** Without what futures wrap around it. */
  static Throwable cause(Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  /** The same failure with words before its text. */
  static ProblemException prefixed(String words, Throwable failure) {
    Throwable cause = cause(failure);
    return cause instanceof ProblemException problem
        ? new ProblemException(problem.code(), words + problem.getMessage(), problem)
        : new ProblemException(ProblemCode.INVARIANT_BROKEN, words + "internal error", cause);
  }
}
