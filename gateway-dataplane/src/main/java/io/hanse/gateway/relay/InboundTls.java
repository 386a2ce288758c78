package io.hanse.gateway.relay;

import io.hanse.identity.PeerTrust;
import io.hanse.identity.SpiffeId;
import io.hanse.identity.TlsContexts;
import io.netty.channel.Channel;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Mutual TLS as a server: clients must prove an identity of one of some trust domains. New roots
 * mean a new instance, whose sessions cannot be resumed from those of an older one.
 */
public final class InboundTls {
  private final SslContext context;
  private final X509ExtendedTrustManager trust;
  private final Set<String> domains = new TreeSet<>();

  /** Takes the roots in PEM by trust domain. */
  public InboundTls(Map<String, ? extends Collection<String>> roots, X509ExtendedKeyManager keys) {
    this.trust = new PeerTrust(roots).any();
    this.context = MeshTls.context(TlsContexts.mutual(keys, trust), false, ClientAuth.REQUIRE);
    roots.keySet().forEach(domain -> domains.add(domain.toLowerCase(Locale.ROOT)));
  }

  SslHandler newHandler(Channel channel) {
    return context.newHandler(channel.alloc());
  }

  /** Who the client is. Verifies again: a resumed handshake did not. */
  SpiffeId identify(SSLSession session) throws CertificateException, SSLPeerUnverifiedException {
    X509Certificate[] chain = MeshTls.chainOf(session);
    trust.checkClientTrusted(chain, MeshTls.ANY_KEY);
    return PeerTrust.identity(chain[0]);
  }

  boolean knows(String trustDomain) {
    return domains.contains(trustDomain.toLowerCase(Locale.ROOT));
  }
}
