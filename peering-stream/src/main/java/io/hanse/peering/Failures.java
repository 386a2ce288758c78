package io.hanse.peering;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import java.util.concurrent.CompletionException;

/** Failures of asynchronous steps. */
final class Failures {
  private static final int LINE_LENGTH_MAX = 400;

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

  /**
   * The last of what went wrong, in one line. Some of it are the words of another cluster.
   *
   * @param secret not to be told, whoever says it
   */
  static String line(Throwable failure, String secret) {
    if (!(cause(failure) instanceof ProblemException problem)) {
      return "internal error";
    }
    String text = String.valueOf(problem.getMessage()).strip();
    String last = text.substring(text.lastIndexOf('\n') + 1).strip();
    String line = last.startsWith("* ") ? last.substring(2) : last;
    String bare = secret.isEmpty() ? line : line.replace(secret, "(secret)");
    return bare.length() > LINE_LENGTH_MAX ? bare.substring(0, LINE_LENGTH_MAX) + "..." : bare;
  }
}
