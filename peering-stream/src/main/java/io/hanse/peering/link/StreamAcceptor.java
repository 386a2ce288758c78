package io.hanse.peering.link;

/** Takes streams that other clusters open. Asked only while this server leads. */
@FunctionalInterface
public interface StreamAcceptor {
  /**
   * A stream was opened; no message was asked for yet.
   *
   * @return where its messages go
   */
  Inbound accept(Outbound outbound);
}
