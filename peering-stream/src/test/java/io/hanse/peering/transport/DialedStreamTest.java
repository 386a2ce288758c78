package io.hanse.peering.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.link.LinkTarget;
import io.hanse.peering.proto.ReplicationMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DialedStreamTest {
  private final Call call = new Call();
  private final RecordingInbound inbound = new RecordingInbound();
  private final DialedStream stream =
      new DialedStream(new LinkTarget("h:1", "", List.of()), new Channel());

  /** A call that, as gRPC's, takes nothing once it was cancelled, and tells of its end later. */
  private static final class Call extends ClientCall<Object, Object> {
    private final List<Object> sent = new ArrayList<>();
    private @Nullable String cancelledWith;

    @Override
    public void start(Listener<Object> listener, Metadata headers) {}

    @Override
    public void request(int count) {}

    @Override
    public void cancel(@Nullable String text, @Nullable Throwable cause) {
      cancelledWith = text;
    }

    @Override
    public void halfClose() {
      requireOpen();
    }

    @Override
    public void sendMessage(Object message) {
      requireOpen();
      sent.add(message);
    }

    private void requireOpen() {
      if (cancelledWith != null) {
        throw new IllegalStateException("call was cancelled");
      }
    }
  }

  private final class Channel extends ManagedChannel {
    @Override
    @SuppressWarnings("unchecked")
    public <A, B> ClientCall<A, B> newCall(MethodDescriptor<A, B> method, CallOptions options) {
      return (ClientCall<A, B>) call;
    }

    @Override
    public String authority() {
      return "h:1";
    }

    @Override
    public ManagedChannel shutdown() {
      return this;
    }

    @Override
    public boolean isShutdown() {
      return false;
    }

    @Override
    public boolean isTerminated() {
      return false;
    }

    @Override
    public ManagedChannel shutdownNow() {
      return this;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
      return true;
    }
  }

  private static ReplicationMessage message(int bytes) {
    return ReplicationMessage.newBuilder()
        .setOpen(ReplicationMessage.Open.newBuilder().setPeerId("x".repeat(bytes)))
        .build();
  }

  @Test
  void shouldSayNothingOnceItWasClosed() {
    stream.start(outbound -> inbound);
    stream.send(message(1));
    stream.close(LinkStatus.of(LinkStatus.Code.UNAVAILABLE, "enough"));
    stream.send(message(1));
    stream.halfClose();

    assertThat(call.sent).hasSize(1);
    assertThat(call.cancelledWith).isEqualTo("enough");
    assertThat(stream.isReady()).isFalse();
  }

  @Test
  void shouldSayNothingBehindWhatIsTooLarge() {
    stream.start(outbound -> inbound);
    stream.send(message(PeerChannel.SEND_BYTES_MAX + 1));
    stream.send(message(1));

    assertThat(call.sent).isEmpty();
    assertThat(call.cancelledWith).contains("too large");
  }
}
