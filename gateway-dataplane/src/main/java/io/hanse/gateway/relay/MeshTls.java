package io.hanse.gateway.relay;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.nio.charset.StandardCharsets;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/** What TLS of the mesh has in common in both directions. */
final class MeshTls {
  /** Trust managers of the mesh do not look at the kind of key. */
  static final String ANY_KEY = "UNKNOWN";

  /** 1.2 because clients of Envoy's default go no higher. */
  private static final String[] VERSIONS = {"TLSv1.3", "TLSv1.2"};

  private static final int HOST_NAME = 0;

  private MeshTls() {}

  /** Without ALPN: plain relays of the mesh offer none, and none may be refused for it. */
  static SslContext context(SSLContext context, boolean isClient, ClientAuth clientAuth) {
    return new JdkSslContext(
        context,
        isClient,
        null,
        SupportedCipherSuiteFilter.INSTANCE,
        ApplicationProtocolConfig.DISABLED,
        clientAuth,
        VERSIONS.clone(),
        false);
  }

  /**
   * Makes an engine ask for a server by a name of the mesh, which need not be a legal host name,
   * and leave it to the trust manager who may answer.
   */
  static void askFor(SSLEngine engine, String serverName) {
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setServerNames(List.of(new WireName(serverName)));
    parameters.setEndpointIdentificationAlgorithm(null);
    engine.setSSLParameters(parameters);
  }

  static X509Certificate[] chainOf(SSLSession session) throws SSLPeerUnverifiedException {
    Certificate[] presented = session.getPeerCertificates();
    X509Certificate[] chain = new X509Certificate[presented.length];
    for (int i = 0; i < chain.length; i++) {
      chain[i] = (X509Certificate) presented[i];
    }
    return chain;
  }

  /** A host name as it goes over the wire; the JDK's own class refuses long labels. */
  private static final class WireName extends SNIServerName {
    WireName(String name) {
      super(HOST_NAME, name.getBytes(StandardCharsets.US_ASCII));
    }
  }
}
