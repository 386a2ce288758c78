package io.hanse.peering.link;

import io.hanse.peering.proto.ProxyOpen;

/**
 * Takes the streams of proxies, on any server. What follows a proxy's first message has the forms
 * of the peer stream, so that both are served by one engine.
 */
@FunctionalInterface
public interface ProxyAcceptor {
  /**
   * A proxy said who it is; no message beyond was asked for yet.
   *
   * @param token the proxy's, or empty
   * @return where its messages go
   */
  Inbound accept(ProxyOpen open, String token, Outbound outbound);
}
