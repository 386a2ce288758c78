package io.hanse.peering.transport;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.hanse.peering.link.Inbound;
import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.link.LinkTarget;
import io.hanse.peering.link.Outbound;
import io.hanse.peering.proto.PeerStreamServiceGrpc;
import io.hanse.peering.proto.ReplicationMessage;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A stream that we opened, with the connection that is its own. */
final class DialedStream implements Outbound {
  private final LinkTarget target;
  private final ManagedChannel channel;
  private final ClientCall<ReplicationMessage, Received> call;
  private volatile Set<String> extensions = Set.of();
  private volatile boolean over;
  private final Backlog backlog;
  private final ReceivedBytes received = new ReceivedBytes();

  /** Messages that a thread of ours has taken. */
  private final AtomicLong delivered = new AtomicLong();

  private boolean halfClosed;

  /** Why we ended it, where that is more than a cancellation. */
  private volatile @Nullable LinkStatus endedWith;

  DialedStream(LinkTarget target, ManagedChannel channel) {
    this.target = target;
    this.channel = channel;
    MethodDescriptor<ReplicationMessage, ReplicationMessage> method =
        PeerStreamServiceGrpc.getStreamResourcesMethod();
    this.call =
        channel.newCall(
            method.toBuilder(
                    method.getRequestMarshaller(),
                    Received.marshaller(method.getResponseMarshaller()))
                .build(),
            CallOptions.DEFAULT.withStreamTracerFactory(received));
    this.backlog = new Backlog(call::isReady, () -> call.request(1));
  }

  /** Callbacks wait until the receiver is made. */
  synchronized void start(Function<Outbound, Inbound> receiver) {
    Listener listener = new Listener();
    call.start(listener, Extensions.announce(Extensions.OURS));
    listener.inbound = receiver.apply(this);
  }

  @Override
  public synchronized void send(ReplicationMessage message) {
    if (over || halfClosed) {
      return;
    }
    int bytes = message.getSerializedSize();
    if (bytes <= PeerChannel.SEND_BYTES_MAX) {
      backlog.sends(bytes);
      call.sendMessage(message);
      return;
    }
    endedWith =
        LinkStatus.of(
            LinkStatus.Code.RESOURCE_EXHAUSTED,
            "trying to send message larger than max ("
                + bytes
                + " vs. "
                + PeerChannel.SEND_BYTES_MAX
                + ")");
    cancel("a message is too large to be sent");
  }

  /** Nothing may be said on a call that was cancelled, not even before it is known to be over. */
  private synchronized void cancel(String text) {
    over = true;
    call.cancel(text, null);
  }

  @Override
  public boolean isReady() {
    return !over && call.isReady();
  }

  @Override
  public synchronized void requestNext() {
    if (!over) {
      backlog.readNext();
    }
  }

  @Override
  public synchronized void halfClose() {
    if (!over && !halfClosed) {
      halfClosed = true;
      call.halfClose();
    }
  }

  @Override
  public void close(LinkStatus status) {
    cancel(status.text().isEmpty() ? "closed by this end" : status.text());
  }

  @Override
  public Set<String> extensions() {
    return extensions;
  }

  @Override
  public long receivedBytes() {
    return received.count();
  }

  @Override
  public boolean isDelivering() {
    return received.messages() != delivered.get();
  }

  @Override
  public String remote() {
    return target.address();
  }

  private final class Listener extends ClientCall.Listener<Received> {
    /** Set under the lock of the stream, while no callback passes. */
    private Inbound inbound = Unheard.INSTANCE;

    private Inbound inbound() {
      synchronized (DialedStream.this) {
        return inbound;
      }
    }

    @Override
    public void onHeaders(Metadata headers) {
      extensions = Extensions.read(headers);
    }

    @Override
    public void onMessage(Received received) {
      delivered.incrementAndGet();
      ReplicationMessage message = received.message();
      if (message != null) {
        inbound().onMessage(message);
        return;
      }
      endedWith = Received.UNREADABLE;
      cancel("a message is not readable");
    }

    @Override
    public void onReady() {
      synchronized (DialedStream.this) {
        backlog.drained();
      }
      inbound().onReady();
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      over = true;
      channel.shutdownNow();
      LinkStatus own = endedWith;
      inbound().onEnd(own != null ? own : DialFailure.of(status, trailers, target));
    }
  }

  /** Where callbacks would go before there is a receiver. */
  private enum Unheard implements Inbound {
    INSTANCE;

    @Override
    public void onMessage(ReplicationMessage message) {}

    @Override
    public void onReady() {}

    @Override
    public void onHalfClose() {}

    @Override
    public void onEnd(LinkStatus status) {}
  }
}
