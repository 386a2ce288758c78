package io.hanse.peering.transport;

import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.hanse.peering.link.Inbound;
import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.link.Outbound;
import io.hanse.peering.proto.ReplicationMessage;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A stream that was opened with us, by another cluster or by a proxy.
 *
 * @param <A> what comes in
 * @param <B> what goes out
 */
final class AcceptedStream<A, B> extends ServerCall.Listener<A> implements Outbound {
  /** How messages of a service are those of the peer stream. */
  interface Form<A, B> {
    /** Null: the message could not be read. */
    @Nullable ReplicationMessage in(A message);

    /**
     * A message as it is sent.
     *
     * @param index what it rests on; 0: that was not said
     */
    B out(ReplicationMessage message, long index);
  }

  private final ServerCall<A, B> call;
  private final Form<A, B> form;
  private final Set<String> extensions;
  private final Context context = Context.current();
  private final Inbound inbound;
  private final Backlog backlog;
  private long index;
  private @Nullable LinkStatus closedWith;

  /** Answers the call's headers; the receiver may send at once. */
  AcceptedStream(
      ServerCall<A, B> call,
      Metadata headers,
      Form<A, B> form,
      Function<Outbound, Inbound> receiver) {
    this.call = call;
    this.form = form;
    this.backlog = new Backlog(call::isReady, () -> call.request(1));
    this.extensions = Extensions.read(headers);
    call.sendHeaders(extensions.isEmpty() ? new Metadata() : Extensions.announce(Extensions.OURS));
    this.inbound = receiver.apply(this);
  }

  @Override
  public synchronized void send(ReplicationMessage message) {
    if (closedWith == null && !call.isCancelled()) {
      backlog.sends(message.getSerializedSize());
      call.sendMessage(form.out(message, index));
    }
  }

  @Override
  public synchronized void restsOn(long newest) {
    index = newest;
  }

  @Override
  public synchronized boolean isReady() {
    return closedWith == null && call.isReady();
  }

  @Override
  public synchronized void requestNext() {
    backlog.readNext();
  }

  @Override
  public void admit() {
    Admissions.admit(context);
    known();
  }

  @Override
  public void known() {
    ClientShares.Share share = call.getAttributes().get(TlsAcceptance.SHARE);
    if (share != null) {
      share.known();
    }
  }

  @Override
  public void halfClose() {
    close(LinkStatus.OK);
  }

  @Override
  public synchronized void close(LinkStatus status) {
    if (closedWith == null) {
      closedWith = status;
      call.close(GrpcStatuses.toGrpc(status), GrpcStatuses.trailers(status));
    }
  }

  @Override
  public Set<String> extensions() {
    return extensions;
  }

  @Override
  public String remote() {
    Attributes attributes = call.getAttributes();
    return String.valueOf(attributes.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR));
  }

  @Override
  public void onMessage(A received) {
    ReplicationMessage message = form.in(received);
    if (message == null) {
      close(Received.UNREADABLE);
    } else {
      inbound.onMessage(message);
    }
  }

  @Override
  public void onReady() {
    synchronized (this) {
      backlog.drained();
    }
    inbound.onReady();
  }

  @Override
  public void onHalfClose() {
    inbound.onHalfClose();
  }

  @Override
  public void onCancel() {
    end(
        Admissions.refusal(context)
            .map(
                why ->
                    LinkStatus.of(LinkStatus.Code.RESOURCE_EXHAUSTED, "it sent too much: " + why))
            .orElseGet(
                () ->
                    LinkStatus.of(
                        LinkStatus.Code.CANCELLED,
                        "it closed the connection, or the network did")));
  }

  @Override
  public void onComplete() {
    end(LinkStatus.OK);
  }

  private void end(LinkStatus seen) {
    LinkStatus status;
    synchronized (this) {
      status = closedWith == null ? seen : closedWith;
      closedWith = status;
    }
    inbound.onEnd(status);
  }
}
