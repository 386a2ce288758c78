package io.hanse.peering.transport;

import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.netty.InternalNettyChannelCredentials;
import io.grpc.netty.NettyChannelBuilder;
import io.hanse.fsm.error.ProblemException;
import io.hanse.identity.ServerNameTrust;
import io.hanse.peering.link.LinkException;
import io.hanse.peering.link.LinkStatus.Code;
import io.hanse.peering.link.LinkTarget;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;

/** Opens one connection to a server of another cluster, used for one call. */
final class PeerChannel {
  /** A Consul dialer's limit for what it sends; what it receives may be larger. */
  static final int SEND_BYTES_MAX = 8 * 1024 * 1024;

  private static final int RECEIVE_BYTES_MAX = 50 * 1024 * 1024;

  /** Short, so that the next address gets its turn while a secret is exchanged. */
  static final int CONNECT_MILLIS_MAX = 2_000;

  private static final int KEEPALIVE_SECONDS = 30;
  static final int KEEPALIVE_PATIENCE_SECONDS = 10;

  private PeerChannel() {}

  /** Fails with a {@link LinkException} where address or trust are malformed. */
  static ManagedChannel open(LinkTarget target, Executor executor) {
    int colon = target.address().lastIndexOf(':');
    try {
      String host = target.address().substring(0, Math.max(0, colon));
      int port = Integer.parseInt(target.address().substring(colon + 1));
      NettyChannelBuilder builder =
          NettyChannelBuilder.forAddress(bare(host), port, credentials(target))
              .executor(executor)
              .disableRetry()
              .proxyDetector(address -> null)
              .maxInboundMessageSize(RECEIVE_BYTES_MAX)
              .keepAliveTime(KEEPALIVE_SECONDS, TimeUnit.SECONDS)
              .keepAliveTimeout(KEEPALIVE_PATIENCE_SECONDS, TimeUnit.SECONDS)
              .keepAliveWithoutCalls(false)
              .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS_MAX);
      if (!target.serverName().isEmpty()) {
        builder.overrideAuthority(target.serverName());
      }
      return builder.build();
    } catch (IllegalArgumentException e) {
      throw new LinkException(
          Code.UNAVAILABLE, target.shown() + " is not a valid peering server address");
    }
  }

  /** gRPC adds the brackets of an IPv6 address itself. */
  private static String bare(String host) {
    return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
  }

  private static ChannelCredentials credentials(LinkTarget target) {
    if (target.caPems().isEmpty()) {
      return InsecureChannelCredentials.create();
    }
    try {
      SslContext tls =
          SslContextBuilder.forClient()
              .sslProvider(SslProvider.JDK)
              .protocols("TLSv1.3", "TLSv1.2")
              .trustManager(ServerNameTrust.of(target.caPems(), target.serverName()))
              .applicationProtocolConfig(Alpn.LENIENT)
              .endpointIdentificationAlgorithm("")
              .build();
      return InternalNettyChannelCredentials.create(new TlsDialing(tls, target.serverName()));
    } catch (ProblemException e) {
      throw new LinkException(Code.UNAVAILABLE, "failed to parse PEM: " + e.getMessage());
    } catch (SSLException e) {
      throw new LinkException(Code.UNAVAILABLE, "TLS is not available: " + e.getMessage());
    }
  }
}
