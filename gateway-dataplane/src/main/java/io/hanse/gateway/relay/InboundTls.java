package io.hanse.gateway.relay;

import io.hanse.identity.PeerTrust;
import io.hanse.identity.TlsContexts;
import io.hanse.identity.TrustSource;
import io.hanse.identity.Vouched;
import io.netty.channel.Channel;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import javax.net.ssl.X509ExtendedKeyManager;

/**
 * Mutual TLS as a server: clients must prove an identity of one of some trust domains. New roots
 * mean a new instance, whose sessions cannot be resumed from those of an older one.
 */
public final class InboundTls {
  private final SslContext context;
  private final PeerTrust trust;

  public InboundTls(Collection<TrustSource> callers, X509ExtendedKeyManager keys) {
    this.trust = new PeerTrust(callers);
    this.context =
        MeshTls.context(TlsContexts.mutual(keys, trust.any()), false, ClientAuth.REQUIRE);
  }

  SslHandler newHandler(Channel channel) {
    return context.newHandler(channel.alloc());
  }

  /**
   * Who a client is, and who vouches for it. To be asked after every handshake: a resumed one
   * verified nothing.
   *
   * @param at when the client came
   */
  Vouched identify(X509Certificate[] chain, Instant at) throws CertificateException {
    return trust.client(chain, at);
  }
}
