package io.hanse.peering.transport;

import io.grpc.ManagedChannel;
import io.grpc.netty.InternalNettyChannelCredentials;
import io.grpc.netty.NettyChannelBuilder;
import io.hanse.identity.ServerNameTrust;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.util.List;
import javax.net.ssl.SSLException;

/** Connections whose server name differs from the name that the certificate must have. */
final class TestChannels {
  private TestChannels() {}

  static ManagedChannel open(
      String address, String sni, String certificateName, List<String> roots) {
    int colon = address.lastIndexOf(':');
    try {
      TlsDialing dialing =
          new TlsDialing(
              SslContextBuilder.forClient()
                  .sslProvider(SslProvider.JDK)
                  .trustManager(ServerNameTrust.of(roots, certificateName))
                  .applicationProtocolConfig(Alpn.LENIENT)
                  .endpointIdentificationAlgorithm("")
                  .build(),
              sni);
      return NettyChannelBuilder.forAddress(
              address.substring(0, colon),
              Integer.parseInt(address.substring(colon + 1)),
              InternalNettyChannelCredentials.create(dialing))
          .build();
    } catch (SSLException e) {
      throw new IllegalStateException(e);
    }
  }
}
