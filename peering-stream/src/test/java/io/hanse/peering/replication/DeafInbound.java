package io.hanse.peering.replication;

import io.hanse.peering.link.Inbound;
import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.proto.ReplicationMessage;

/** The end of a stream that nobody hears. */
final class DeafInbound implements Inbound {
  @Override
  public void onMessage(ReplicationMessage message) {}

  @Override
  public void onReady() {}

  @Override
  public void onHalfClose() {}

  @Override
  public void onEnd(LinkStatus status) {}
}
