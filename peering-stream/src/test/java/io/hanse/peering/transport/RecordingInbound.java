package io.hanse.peering.transport;

import io.hanse.peering.link.Inbound;
import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.proto.ReplicationMessage;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/** Notes what comes in. */
class RecordingInbound implements Inbound {
  final List<ReplicationMessage> messages = new CopyOnWriteArrayList<>();
  final CompletableFuture<LinkStatus> end = new CompletableFuture<>();
  final CompletableFuture<Void> halfClosed = new CompletableFuture<>();

  @Override
  public void onMessage(ReplicationMessage message) {
    messages.add(message);
  }

  @Override
  public void onReady() {}

  @Override
  public void onHalfClose() {
    halfClosed.complete(null);
  }

  @Override
  public void onEnd(LinkStatus status) {
    end.complete(status);
  }
}
