package io.hanse.peering.transport;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import io.hanse.peering.LogPace;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

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
  private final LongSupplier millisClock;
  private final Consumer<String> lines;
  private final LogPace pace = new LogPace();
  private final AtomicInteger open = new AtomicInteger();

  /**
   * None are open yet.
   *
   * @param max twice as many are never open
   * @param lines told now and then that some were refused
   */
  OpenCalls(int max, LongSupplier millisClock, Consumer<String> lines) {
    told = max;
    cutOff = 2 * max;
    this.millisClock = millisClock;
    this.lines = lines;
  }

  @Override
  public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
    int count = open.incrementAndGet();
    if (count > told) {
      tell(count);
    }
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

  /** Whoever floods the port must not flood the log, too. */
  private void tell(int count) {
    pace.due(count > cutOff ? "cut off" : "told", millisClock.getAsLong())
        .ifPresent(
            leftOut ->
                lines.accept(
                    "too many calls are open at the gRPC port, "
                        + (count > cutOff ? "cut one off" : "refused one")
                        + " calls_max="
                        + told
                        + " not_told="
                        + leftOut));
  }

  private static Status tooMany() {
    return Status.RESOURCE_EXHAUSTED.withDescription(
        "too many calls are open at this server; try again later");
  }
}
