package io.hanse.peering.transport;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What messages may weigh before their sender has shown a secret. gRPC knows one bound for all
 * messages of a server, which has to fit a peer's largest; by its length alone a stranger's message
 * would be taken up to that. But it tells of the bytes of a message as they come, before they are
 * kept, on the thread of the connection, and a failure there resets the call: that bounds it.
 */
final class Admissions extends ServerStreamTracer.Factory {
  /** An opening, an exchange of secrets or a certificate's request takes a few hundred bytes. */
  static final int MESSAGE_BYTES_MAX = 64 << 10;

  /** An unfinished message up to that needs no leave: strangers must not keep peers out. */
  private static final int SMALL_BYTES_MAX = 4 << 10;

  /** What unfinished messages of all strangers may hold beyond that, on one server. */
  private static final int TOGETHER_BYTES_MAX = 16 << 20;

  private static final Context.Key<Admission> KEY = Context.key("admission");

  private final AtomicLong together = new AtomicLong();

  /** Of the call whose handler runs on this thread. */
  static void admit(Context context) {
    Admission admission = KEY.get(context);
    if (admission != null) {
      admission.admitted = true;
    }
  }

  /**
   * Why gRPC refused a message of the call, which it tells the sender and its log, but not the
   * call's handler; empty if it did not.
   */
  static Optional<String> refusal(Context context) {
    Admission admission = KEY.get(context);
    Status end = admission == null ? Status.OK : admission.end;
    return end.getCode() == Status.Code.RESOURCE_EXHAUSTED
        ? Optional.ofNullable(end.getDescription())
        : Optional.empty();
  }

  @Override
  public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
    return new Admission();
  }

  /** One call's. What comes in is told on one thread. */
  private final class Admission extends ServerStreamTracer {
    private final AtomicLong held = new AtomicLong();
    private volatile boolean admitted;
    private volatile Status end = Status.OK;
    private long messageBytes;

    @Override
    public Context filterContext(Context context) {
      return context.withValue(KEY, this);
    }

    @Override
    public void inboundMessage(int sequence) {
      messageBytes = 0;
    }

    @Override
    public void inboundWireSize(long bytes) {
      if (admitted) {
        return;
      }
      messageBytes += bytes;
      if (messageBytes > MESSAGE_BYTES_MAX) {
        throw Status.RESOURCE_EXHAUSTED
            .withDescription("the first message is too large")
            .asRuntimeException();
      }
      long more = messageBytes - SMALL_BYTES_MAX - held.get();
      if (more > 0) {
        held.addAndGet(more);
        if (together.addAndGet(more) > TOGETHER_BYTES_MAX) {
          throw Status.RESOURCE_EXHAUSTED
              .withDescription("too many large first messages at once")
              .asRuntimeException();
        }
      }
    }

    @Override
    public void inboundMessageRead(int sequence, long wireBytes, long bytes) {
      release();
    }

    @Override
    public void streamClosed(Status status) {
      end = status;
      release();
    }

    private void release() {
      together.addAndGet(-held.getAndSet(0));
    }
  }
}
