package io.hanse.identity;

import java.security.GeneralSecurityException;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXCertPathBuilderResult;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Whether a chain that was presented leads to one of some roots. */
final class Chains {
  /** A leaf, a cross certificate, intermediates: more is an attempt to keep us busy. */
  private static final int LENGTH_MAX = 10;

  private static final int KEY_CERT_SIGN = 5;
  private static final int CRL_SIGN = 6;
  private static final String ANY_PURPOSE = "2.5.29.37.0";

  /** The role in which a certificate is presented. */
  enum Purpose {
    CLIENT("1.3.6.1.5.5.7.3.2"),
    SERVER("1.3.6.1.5.5.7.3.1");

    private final String oid;

    Purpose(String oid) {
      this.oid = oid;
    }
  }

  private Chains() {}

  static Set<TrustAnchor> anchors(Collection<X509Certificate> roots) {
    Set<TrustAnchor> anchors = new HashSet<>();
    for (X509Certificate root : roots) {
      anchors.add(new TrustAnchor(root, null));
    }
    return anchors;
  }

  /**
   * Refuses a chain that does not lead to a root, is out of its time or is not meant for this. What
   * is presented besides the leaf may be needed or not, and in any order: during a rotation a cross
   * certificate comes along.
   *
   * @return when it must be checked anew
   */
  static Instant verify(
      X509Certificate[] chain, Set<TrustAnchor> anchors, Purpose purpose, Instant now)
      throws CertificateException {
    if (chain.length == 0 || chain.length > LENGTH_MAX) {
      throw new CertificateException("a chain of " + chain.length + " certificates");
    }
    X509Certificate leaf = chain[0];
    checkLeaf(leaf, purpose);
    Set<TrustAnchor> alive = alive(anchors, now);
    if (alive.isEmpty()) {
      throw new CertificateException(reason(leaf, anchors, now));
    }
    PKIXCertPathBuilderResult way;
    try {
      X509CertSelector target = new X509CertSelector();
      target.setCertificate(leaf);
      PKIXBuilderParameters parameters = new PKIXBuilderParameters(alive, target);
      parameters.setRevocationEnabled(false);
      parameters.setDate(Date.from(now));
      List<X509Certificate> presented = Arrays.asList(chain);
      parameters.addCertStore(
          CertStore.getInstance("Collection", new CollectionCertStoreParameters(presented)));
      way = (PKIXCertPathBuilderResult) CertPathBuilder.getInstance("PKIX").build(parameters);
    } catch (CertPathBuilderException e) {
      throw new CertificateException(reason(leaf, anchors, now), e);
    } catch (GeneralSecurityException e) {
      throw new CertificateException("certificate chain cannot be checked", e);
    }
    Instant until = end(way.getTrustAnchor());
    for (Certificate passed : way.getCertPath().getCertificates()) {
      Instant end = ((X509Certificate) passed).getNotAfter().toInstant();
      until = end.isBefore(until) ? end : until;
    }
    return until;
  }

  /**
   * Those that have not expired: nobody else asks that of an anchor. One whose time has not come
   * yet is believed, for it may have been made a moment ago by a clock that is ahead.
   */
  private static Set<TrustAnchor> alive(Set<TrustAnchor> anchors, Instant now) {
    Set<TrustAnchor> alive = new HashSet<>(anchors);
    alive.removeIf(anchor -> now.isAfter(end(anchor)));
    return alive;
  }

  private static Instant end(TrustAnchor anchor) {
    return anchor.getTrustedCert().getNotAfter().toInstant();
  }

  private static String reason(X509Certificate leaf, Set<TrustAnchor> anchors, Instant now) {
    if (now.isAfter(leaf.getNotAfter().toInstant())
        || now.isBefore(leaf.getNotBefore().toInstant())) {
      return "certificate has expired or is not yet valid";
    }
    boolean outlived =
        anchors.stream()
            .filter(anchor -> now.isAfter(end(anchor)))
            .map(anchor -> anchor.getTrustedCert().getSubjectX500Principal())
            .anyMatch(leaf.getIssuerX500Principal()::equals);
    return outlived
        ? "certificate signed by a root that has expired"
        : "certificate signed by unknown authority";
  }

  private static void checkLeaf(X509Certificate leaf, Purpose purpose) throws CertificateException {
    boolean[] usage = leaf.getKeyUsage();
    boolean signs = usage != null && (usage[KEY_CERT_SIGN] || usage[CRL_SIGN]);
    if (leaf.getBasicConstraints() >= 0 || signs) {
      throw new CertificateException("certificate of an authority presented as a leaf");
    }
    List<String> purposes = leaf.getExtendedKeyUsage();
    if (purposes != null && !purposes.contains(purpose.oid) && !purposes.contains(ANY_PURPOSE)) {
      throw new CertificateException("certificate is not meant for a " + purpose);
    }
  }
}
