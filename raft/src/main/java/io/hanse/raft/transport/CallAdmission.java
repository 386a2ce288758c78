package io.hanse.raft.transport;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import io.grpc.StatusException;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Bounds how many calls a server has open, and with them what waits for its threads: a call waits
 * in at most one place of their queue. One too many is refused on the thread of its connection,
 * before it takes a place.
 */
final class CallAdmission extends ServerStreamTracer.Factory
    implements ServerCallExecutorSupplier, ServerInterceptor {
  private static final Context.Key<Boolean> IS_ADMITTED = Context.key("hanse-admitted");

  private final int callsMax;
  private final Semaphore places;
  private final Executor executor;

  /**
   * @param executor answers the calls that are let in
   */
  CallAdmission(int callsMax, Executor executor) {
    this.callsMax = callsMax;
    this.places = new Semaphore(callsMax);
    this.executor = executor;
  }

  @Override
  public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
    boolean isAdmitted = places.tryAcquire();
    return new ServerStreamTracer() {
      @Override
      public Context filterContext(Context context) {
        return context.withValue(IS_ADMITTED, isAdmitted);
      }

      @Override
      public void streamClosed(Status status) {
        if (isAdmitted) {
          places.release();
        }
      }
    };
  }

  /** None for a call that is refused: it stays on the thread of its connection. */
  @Override
  public <Q, A> @Nullable Executor getExecutor(ServerCall<Q, A> call, Metadata headers) {
    return isAdmitted() ? executor : null;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    if (isAdmitted()) {
      return next.startCall(call, headers);
    }
    StatusException refusal =
        Statuses.of(
            new ProblemException(
                ProblemCode.OVERLOADED,
                "this server has "
                    + callsMax
                    + " calls of other servers open, as many as it takes; try again"));
    Metadata trailers = refusal.getTrailers();
    call.close(refusal.getStatus(), trailers == null ? new Metadata() : trailers);
    return new ServerCall.Listener<>() {};
  }

  private static boolean isAdmitted() {
    return Boolean.TRUE.equals(IS_ADMITTED.get());
  }
}
