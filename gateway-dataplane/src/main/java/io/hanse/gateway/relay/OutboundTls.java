package io.hanse.gateway.relay;

import io.hanse.identity.PeerTrust;
import io.hanse.identity.TlsContexts;
import io.hanse.identity.TrustSource;
import io.netty.channel.Channel;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.security.cert.CertificateException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Mutual TLS as a client: who answers must have exactly one of the identities expected, by the
 * roots of the peer that is called and no others.
 */
public final class OutboundTls implements UpstreamTls {
  private final SslContext context;
  private final X509ExtendedTrustManager trust;
  private final String serverName;

  /**
   * TLS towards one upstream.
   *
   * @param source by whose roots who answers must prove itself
   */
  public OutboundTls(
      String serverName,
      Collection<String> spiffeIds,
      TrustSource source,
      X509ExtendedKeyManager keys) {
    this.serverName = serverName;
    this.trust = new PeerTrust(List.of(source)).anyOf(spiffeIds);
    this.context = MeshTls.context(TlsContexts.mutual(keys, trust), true, ClientAuth.NONE);
  }

  @Override
  public SslHandler newHandler(Channel channel) {
    SslHandler handler = context.newHandler(channel.alloc());
    MeshTls.askFor(handler.engine(), serverName);
    return handler;
  }

  @Override
  public Optional<String> refusal(SSLSession session) {
    try {
      trust.checkServerTrusted(MeshTls.chainOf(session), MeshTls.ANY_KEY);
      return Optional.empty();
    } catch (CertificateException | SSLPeerUnverifiedException e) {
      return Optional.of(RelayHandler.text(e));
    }
  }
}
