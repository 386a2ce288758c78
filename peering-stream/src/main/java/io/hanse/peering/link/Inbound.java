package io.hanse.peering.link;

import io.hanse.peering.proto.ReplicationMessage;

/**
 * The other cluster's direction of one stream. Calls come one after the other and must not block.
 */
public interface Inbound {
  void onMessage(ReplicationMessage message);

  /** {@link Outbound#isReady} turned true. */
  void onReady();

  /** The other end sends no more, but may still receive. Only an acceptor sees it. */
  void onHalfClose();

  /** The stream is over; the last call. */
  void onEnd(LinkStatus status);
}
