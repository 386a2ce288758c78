package io.hanse.peering.transport;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many calls of all clients together may be open. Each has one callback at a time that waits
 * for a thread, so this bounds what waits there, and that must refuse nothing. Who comes beyond it
 * is told so; who goes on coming faster than that can be told is cut off without a word, on the
 * thread of the connection, where nothing waits.
 */
final class OpenCalls extends ServerStreamTracer.Factory implements ServerInterceptor {
  private static final Context.Key<Boolean> IS_TOO_MUCH = Context.key("call beyond the bound");

  private final int told;
  private final int cutOff;
  private final AtomicInteger open = new AtomicInteger();

  /**
   * None are open yet.
   *
   * @param max twice as many are never open
   */
  OpenCalls(int max) {
    told = max;
    cutOff = 2 * max;
  }

  @Override
  public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
    int count = open.incrementAndGet();
    if (count > cutOff) {
      // Its tracer, and with that its end, will never be.
      open.decrementAndGet();
      throw tooMany().asRuntimeException();
    }
    boolean isTooMuch = count > told;
    return new ServerStreamTracer() {
      @Override
      public Context filterContext(Context context) {
        return isTooMuch ? context.withValue(IS_TOO_MUCH, true) : context;
      }

      @Override
      public void streamClosed(Status status) {
        open.decrementAndGet();
      }
    };
  }

  @Override
  public <A, B> ServerCall.Listener<A> interceptCall(
      ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
    if (IS_TOO_MUCH.get() == null) {
      return next.startCall(call, headers);
    }
    call.close(tooMany(), new Metadata());
    return new ServerCall.Listener<>() {};
  }

  private static Status tooMany() {
    return Status.RESOURCE_EXHAUSTED.withDescription(
        "too many calls are open at this server; try again later");
  }
}
