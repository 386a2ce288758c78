package io.hanse.conformance;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.SecureRandom;
import java.security.SignatureException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** What a sidecar or a server shows to whoever knocks, before it asks who that is. */
final class PresentedLeaf {
  private static final int PATIENCE_MILLIS = 10_000;

  private PresentedLeaf() {}

  /** Whether the certificate that is shown there now was signed by a root's own key. */
  static boolean isOf(String rootPem, InetSocketAddress sidecar)
      throws IOException, GeneralSecurityException {
    X509Certificate root =
        (X509Certificate)
            CertificateFactory.getInstance("X.509")
                .generateCertificate(
                    new ByteArrayInputStream(rootPem.getBytes(StandardCharsets.US_ASCII)));
    X509Certificate leaf = shown(sidecar, List.of());
    try {
      leaf.verify(root.getPublicKey());
      return true;
    } catch (SignatureException | InvalidKeyException e) {
      // Another root's; by a key of another kind it can't even be checked.
      return false;
    }
  }

  /** Whether there is one for who asks for a server by its name. Without one, TLS itself fails. */
  static boolean isShown(InetSocketAddress server, String name)
      throws IOException, GeneralSecurityException {
    return shown(server, List.of(new SNIHostName(name))) != null;
  }

  private static X509Certificate shown(InetSocketAddress address, List<SNIServerName> names)
      throws IOException, GeneralSecurityException {
    Curious curious = new Curious();
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {curious}, new SecureRandom());
    try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket()) {
      socket.connect(address, PATIENCE_MILLIS);
      socket.setSoTimeout(PATIENCE_MILLIS);
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setServerNames(names);
      socket.setSSLParameters(parameters);
      socket.startHandshake();
    } catch (SSLException e) {
      // We have none to show: it may say so at once, but only after it has shown its own.
      if (curious.seen.get() == null) {
        throw e;
      }
    }
    return curious.seen.get();
  }

  /** Believes all, and keeps what it saw. */
  private static final class Curious extends X509ExtendedTrustManager {
    final AtomicReference<X509Certificate> seen = new AtomicReference<>();

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String kind) {
      seen.set(chain[0]);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String kind, Socket socket) {
      checkServerTrusted(chain, kind);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String kind, SSLEngine engine) {
      checkServerTrusted(chain, kind);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String kind) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String kind, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String kind, SSLEngine engine) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
