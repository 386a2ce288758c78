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

  /**
   * Whether any stream is let in. A new leader waits for a moment: who comes then is turned away
   * before it costs more than that.
   */
  default boolean isOpen() {
    return true;
  }
}
