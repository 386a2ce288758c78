package io.hanse.cli.agent;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** The refusals of an agent, in Consul's words, and how failures are told. */
final class Problems {
  private Problems() {}

  /** The request is wrong: 400. */
  static ProblemException invalid(String message) {
    return new ProblemException(ProblemCode.INVALID_ARGUMENT, message);
  }

  /** What it names is not there: 404. */
  static ProblemException unknown(String message) {
    return new ProblemException(ProblemCode.NOT_FOUND, message);
  }

  /** It can't be done on this agent: 500. */
  static ProblemException refused(String message) {
    return new ProblemException(ProblemCode.FAILED_PRECONDITION, message);
  }

  /** Too much of it at a time: 429. */
  static ProblemException overloaded(String message) {
    return new ProblemException(ProblemCode.OVERLOADED, message);
  }

  /** What a future failed with, in words; of what nobody foresaw, its class too. */
  static String reason(Throwable failure) {
    Throwable cause = failure;
    while (isWrapping(cause) && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause instanceof ProblemException problem
        ? String.valueOf(problem.getMessage())
        : cause.toString();
  }

  private static boolean isWrapping(Throwable failure) {
    return failure instanceof CompletionException
        || failure instanceof ExecutionException
        || failure instanceof UncheckedIOException;
  }

  /** Several reasons in one text. */
  static String list(List<String> reasons) {
    StringBuilder text = new StringBuilder();
    text.append(reasons.size())
        .append(reasons.size() == 1 ? " error occurred:" : " errors occurred:");
    for (String reason : reasons) {
      text.append("\n\t* ").append(reason);
    }
    return text.append("\n\n").toString();
  }
}
