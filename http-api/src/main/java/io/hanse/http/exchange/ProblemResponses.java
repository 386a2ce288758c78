package io.hanse.http.exchange;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.http.json.JsonProblem;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one table from a failure to the status and text that a client gets. */
public final class ProblemResponses {
  private static final Logger LOG = LoggerFactory.getLogger(ProblemResponses.class);
  private static final int INTERNAL = 500;

  private ProblemResponses() {}

  /** The answer to a call that failed. What is not ours to tell is logged and answered with 500. */
  public static Answer of(Throwable failure) {
    Throwable cause = unwrap(failure);
    if (cause instanceof HttpProblem problem) {
      return Answer.text(problem.status(), text(problem)).with(problem.headers());
    }
    if (cause instanceof ProblemException problem) {
      if (problem.code().category() == ProblemCode.Category.BUG) {
        LOG.error("request failed code={}", problem.code(), problem);
      }
      return Answer.text(statusOf(problem.code()), textOf(problem));
    }
    if (cause instanceof JsonProblem problem) {
      return Answer.text(400, "Request decode failed: " + text(problem));
    }
    if (cause instanceof CancellationException) {
      // The client hung up: nobody reads this.
      return Answer.text(INTERNAL, "canceled");
    }
    LOG.error("request failed", cause);
    return Answer.text(INTERNAL, "internal error");
  }

  /** Of what was refused by the local agent, which knows its callers to be users. */
  public static HttpProblem ofAgent(ProblemException problem) {
    int status = problem.code() == ProblemCode.INVALID_ARGUMENT ? 400 : statusOf(problem.code());
    return new HttpProblem(status, textOf(problem));
  }

  public static Throwable unwrap(Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  /** Consul answers with 500 to nearly all that a server refuses. */
  private static int statusOf(ProblemCode code) {
    return switch (code) {
      case INVALID_ARGUMENT, CONFLICT, FAILED_PRECONDITION -> INTERNAL;
      case NOT_FOUND -> 404;
      case PERMISSION_DENIED, TOKEN_EXPIRED -> 403;
      case TOO_LARGE, RESOURCE_TOO_LARGE -> 413;
      case OVERLOADED, QUOTA_EXCEEDED -> 429;
      case PEER_UNREACHABLE, SHUTTING_DOWN -> 503;
      case NO_LEADER, NOT_LEADER, DEADLINE_EXCEEDED, COMMIT_UNKNOWN -> INTERNAL;
      case PEER_REFUSED, TRUST_MISMATCH, INVARIANT_BROKEN, DECODE_FAILED, NEWER_FORMAT -> INTERNAL;
    };
  }

  private static String textOf(ProblemException problem) {
    return switch (problem.code()) {
      case NO_LEADER, NOT_LEADER -> "No cluster leader";
      default -> text(problem);
    };
  }

  private static String text(Throwable problem) {
    String message = problem.getMessage();
    return message == null ? "" : message;
  }
}
