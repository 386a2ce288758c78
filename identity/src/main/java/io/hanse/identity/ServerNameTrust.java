package io.hanse.identity;

import java.security.cert.CertificateException;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Believes a server whose certificate has the expected DNS SAN and leads to one of the roots given;
 * no others, the system's neither. The names are compared here, for the JDK refuses underscores,
 * which datacenters may have.
 */
public final class ServerNameTrust extends TrustCheck {
  private final Set<TrustAnchor> anchors;
  private final String serverName;

  private final InstantSource clock;

  ServerNameTrust(List<String> rootPems, String serverName, InstantSource clock) {
    this.clock = clock;
    this.anchors = Chains.anchors(Pem.certificates(rootPems));
    this.serverName = serverName;
  }

  public static X509ExtendedTrustManager of(List<String> rootPems, String serverName) {
    return new ServerNameTrust(rootPems, serverName, InstantSource.system());
  }

  @Override
  void check(X509Certificate[] chain, Chains.Purpose purpose) throws CertificateException {
    Chains.verify(chain, anchors, purpose, clock.instant());
    checkName(chain[0], serverName);
  }

  /** Refuses a certificate without the name, which is compared as DNS does. */
  static void checkName(X509Certificate certificate, String serverName)
      throws CertificateException {
    List<String> names = CertificateNames.dns(certificate);
    if (names.stream().noneMatch(serverName::equalsIgnoreCase)) {
      throw new CertificateException(
          names.isEmpty()
              ? "certificate is not valid for any names, but wanted to match " + serverName
              : "certificate is valid for " + String.join(", ", names) + ", not " + serverName);
    }
  }
}
