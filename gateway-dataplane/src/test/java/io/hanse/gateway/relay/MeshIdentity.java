package io.hanse.gateway.relay;

import io.hanse.identity.CertificateAuthority;
import io.hanse.identity.Leaf;
import io.hanse.identity.LeafKeys;
import io.hanse.identity.PeerTrust;
import io.hanse.identity.Pem;
import io.hanse.identity.SpiffeId;
import io.hanse.identity.TlsContexts;
import io.hanse.identity.TrustDomain;
import io.hanse.identity.TrustSource;
import java.io.IOException;
import java.net.InetAddress;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.SSLSocket;

/** An authority with the leafs that a test shows by it, and sockets that believe it. */
final class MeshIdentity {
  private static final TrustDomain DOMAIN =
      TrustDomain.ofCluster("aaaaaaaa-0000-0000-0000-000000000001");
  private static final int PATIENCE_MILLIS = 20_000;

  private final CertificateAuthority authority =
      CertificateAuthority.create(DOMAIN, "test", 1, Instant.now());

  List<TrustSource> roots() {
    return List.of(TrustSource.own(DOMAIN.name(), List.of(authority.row().getRootCert())));
  }

  LeafKeys keysOf(String service) {
    SpiffeId id = SpiffeId.service(DOMAIN, "dc1", service);
    try {
      KeyPair keys = KeyPairGenerator.getInstance("EC").generateKeyPair();
      String pem =
          authority.sign(keys.getPublic(), id, List.of(), 2, Instant.now(), Duration.ofHours(1));
      Leaf leaf = new Leaf(id, List.copyOf(Pem.certificates(pem)), keys.getPrivate(), pem, "", 0);
      return new LeafKeys(() -> leaf);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A client of the mesh on a port of this machine; the handshake is still to come. */
  SSLSocket connect(String service, int port) throws IOException {
    SSLSocket socket =
        (SSLSocket)
            TlsContexts.mutual(keysOf(service), new PeerTrust(roots()).any())
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(PATIENCE_MILLIS);
    return socket;
  }
}
