package io.hanse.gateway.relay;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import java.util.Optional;
import javax.net.ssl.SSLSession;

/** How a connection to an endpoint is secured. */
public interface UpstreamTls {
  /** For one connection; says which server it wants. */
  SslHandler newHandler(Channel channel);

  /**
   * Why the endpoint is not who it should be. Asked after every handshake: a resumed one verifies
   * nothing by itself.
   */
  Optional<String> refusal(SSLSession session);
}
