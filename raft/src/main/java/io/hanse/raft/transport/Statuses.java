package io.hanse.raft.transport;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.raft.Problems;
import io.netty.channel.ConnectTimeoutException;
import java.net.ConnectException;
import org.jspecify.annotations.Nullable;

/** A problem as a status of gRPC and back: its number travels in the trailers. */
final class Statuses {
  private static final Metadata.Key<String> PROBLEM =
      Metadata.Key.of("hanse-problem", Metadata.ASCII_STRING_MARSHALLER);

  private Statuses() {}

  static StatusException of(Throwable failure) {
    ProblemCode code = Problems.code(failure);
    Metadata trailers = new Metadata();
    trailers.put(PROBLEM, Integer.toString(code.number()));
    Throwable cause = Problems.cause(failure);
    String text = cause instanceof ProblemException ? cause.getMessage() : cause.toString();
    return Status.FAILED_PRECONDITION.withDescription(text).asException(trailers);
  }

  static ProblemException problem(Throwable failure) {
    Throwable cause = Problems.cause(failure);
    if (cause instanceof StatusRuntimeException refused) {
      return problem(refused.getStatus(), refused.getTrailers());
    }
    if (cause instanceof StatusException refused) {
      return problem(refused.getStatus(), refused.getTrailers());
    }
    return cause instanceof ProblemException problem
        ? problem
        : new ProblemException(Problems.code(cause), String.valueOf(cause.getMessage()), cause);
  }

  /**
   * Of a connection that failed, the innermost cause says most: the outer ones say "io exception".
   */
  private static String reason(@Nullable Throwable cause) {
    Throwable innermost = cause;
    while (innermost != null && innermost.getCause() != null) {
      innermost = innermost.getCause();
    }
    return innermost == null ? "" : ": " + innermost.getMessage();
  }

  private static boolean isRefused(@Nullable Throwable cause) {
    boolean isRefusal =
        cause instanceof ConnectException && !(cause instanceof ConnectTimeoutException);
    return isRefusal || (cause != null && isRefused(cause.getCause()));
  }

  private static ProblemException problem(Status status, @Nullable Metadata trailers) {
    String number = trailers == null ? null : trailers.get(PROBLEM);
    String text = String.valueOf(status.getDescription());
    if (number != null) {
      return new ProblemException(ProblemCode.of(Integer.parseInt(number)), text);
    }
    // Without a number nobody answered: the call did not arrive, or not in time.
    ProblemCode code =
        status.getCode() == Status.Code.DEADLINE_EXCEEDED
            ? ProblemCode.DEADLINE_EXCEEDED
            : ProblemCode.NOT_LEADER;
    return new ProblemException(
        code,
        "another server did not answer: "
            + (isRefused(status.getCause())
                ? "connection refused"
                : text + reason(status.getCause())));
  }
}
