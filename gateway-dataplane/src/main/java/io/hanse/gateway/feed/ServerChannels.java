package io.hanse.gateway.feed;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.hanse.identity.ServerNameTrust;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;

/** Makes connections to servers: TLS by their own name and this cluster's roots only. */
final class ServerChannels {
  static final Metadata.Key<String> TOKEN =
      Metadata.Key.of("x-consul-token", Metadata.ASCII_STRING_MARSHALLER);

  private static final int KEEPALIVE_SECONDS = 30;
  private static final int KEEPALIVE_PATIENCE_SECONDS = 10;
  private static final int RECEIVE_BYTES_MAX = 50 << 20;

  private ServerChannels() {}

  static ManagedChannel open(String address, FirstContact.Found cluster, List<String> rootPems)
      throws IOException {
    return NettyChannelBuilder.forTarget("dns:///" + address)
        .sslContext(tls(cluster, rootPems))
        .overrideAuthority(cluster.serverName())
        .keepAliveTime(KEEPALIVE_SECONDS, TimeUnit.SECONDS)
        .keepAliveTimeout(KEEPALIVE_PATIENCE_SECONDS, TimeUnit.SECONDS)
        .maxInboundMessageSize(RECEIVE_BYTES_MAX)
        .disableRetry()
        .build();
  }

  private static SslContext tls(FirstContact.Found cluster, List<String> rootPems)
      throws IOException {
    try {
      return GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK)
          .trustManager(ServerNameTrust.of(rootPems, cluster.serverIdentity()))
          .build();
    } catch (SSLException e) {
      throw new IOException("TLS is not available", e);
    }
  }

  static Metadata headers(String token) {
    Metadata headers = new Metadata();
    if (!token.isEmpty()) {
      headers.put(TOKEN, token);
    }
    return headers;
  }
}
