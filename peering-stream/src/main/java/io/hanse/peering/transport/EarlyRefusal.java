package io.hanse.peering.transport;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.proto.ReplicationMessage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Turns a stream away on a server that serves none, but not before the dialer's first messages were
 * read: a refusal that overtakes them makes Consul's dialer lose its code and its text, and wait
 * seconds instead of milliseconds. Source: peering protocol, section 3.8.
 */
final class EarlyRefusal extends ServerCall.Listener<Received> {
  /** Open and four subscriptions. */
  private static final int MESSAGES = 5;

  private static final long PATIENCE_MILLIS = 50;

  private final ServerCall<Received, ReplicationMessage> call;
  private final LinkStatus status;
  private final ScheduledFuture<?> timer;
  private int messages;
  private boolean over;

  EarlyRefusal(
      ServerCall<Received, ReplicationMessage> call,
      LinkStatus status,
      ScheduledExecutorService timers) {
    this.call = call;
    this.status = status;
    call.sendHeaders(new Metadata());
    call.request(MESSAGES);
    this.timer = timers.schedule(this::refuse, PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
  }

  private synchronized void refuse() {
    if (!over) {
      over = true;
      timer.cancel(false);
      call.close(GrpcStatuses.toGrpc(status), GrpcStatuses.trailers(status));
    }
  }

  @Override
  public void onMessage(Received message) {
    messages++;
    if (messages == MESSAGES) {
      refuse();
    }
  }

  @Override
  public void onHalfClose() {
    refuse();
  }

  @Override
  public synchronized void onCancel() {
    over = true;
    timer.cancel(false);
  }
}
