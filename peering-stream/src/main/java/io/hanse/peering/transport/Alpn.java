package io.hanse.peering.transport;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import org.jspecify.annotations.Nullable;

/**
 * Which protocol TLS agrees on. Consul's acceptors select none though {@code h2} is offered, and
 * old dialers offer none: both go on with HTTP/2.
 */
final class Alpn {
  static final String H2 = "h2";

  static final ApplicationProtocolConfig LENIENT =
      new ApplicationProtocolConfig(
          Protocol.ALPN,
          SelectorFailureBehavior.NO_ADVERTISE,
          SelectedListenerFailureBehavior.ACCEPT,
          H2);

  private Alpn() {}

  static boolean isSpoken(@Nullable String selected) {
    return selected == null || selected.isEmpty() || selected.equals(H2);
  }
}
