package io.hanse.peering.link;

import java.util.function.Function;

/** Opens streams to other clusters, each on a connection of its own. */
public interface StreamDialer {
  /**
   * Dials and opens a stream. Whether it came to be shows in the first message or in {@link
   * Inbound#onEnd}; messages sent meanwhile wait. The connection is closed when the stream ends.
   *
   * @param inbound makes the receiver for the stream's other direction
   */
  Outbound dial(LinkTarget target, Function<Outbound, Inbound> inbound);
}
