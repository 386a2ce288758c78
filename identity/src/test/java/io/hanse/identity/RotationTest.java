package io.hanse.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanse.fsm.row.CaRoot;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Leafs of a new root towards those who know one of the two. */
class RotationTest {
  private static final TrustDomain DOMAIN =
      TrustDomain.ofCluster("aaaaaaaa-0000-0000-0000-000000000001");
  private static final SpiffeId WEB = SpiffeId.service(DOMAIN, "dc1", "web");

  private final Instant now = Instant.now();
  private final CertificateAuthority old = CertificateAuthority.create(DOMAIN, "old", 1, now);

  private CertificateAuthority successor(RootKey kind, boolean isCrossSigned) {
    CertificateAuthority next =
        CertificateAuthority.create(DOMAIN, "new", 2, now, kind, Duration.ofDays(3650));
    CaRoot.Builder row = next.row().toBuilder();
    if (isCrossSigned) {
      row.addIntermediateCerts(old.crossSign(next.root(), 3, now));
    }
    return CertificateAuthority.of(row.build());
  }

  private static X509Certificate[] leaf(CertificateAuthority authority, Instant at) {
    KeyPair keys = Keys.p256();
    String pem = authority.sign(keys.getPublic(), WEB, List.of(), 9, at, Duration.ofDays(3));
    return Pem.certificates(pem).toArray(X509Certificate[]::new);
  }

  private static void check(CertificateAuthority trusted, X509Certificate... chain)
      throws Exception {
    new PeerTrust(List.of(TrustSource.own(DOMAIN.name(), List.of(trusted.row().getRootCert()))))
        .any()
        .checkClientTrusted(chain, "EC");
  }

  @Test
  void shouldLeadToBothRoots() {
    for (RootKey kind :
        List.of(
            new RootKey("ec", 256, "", ""),
            new RootKey("ec", 384, "", ""),
            new RootKey("rsa", 2048, "", ""))) {
      CertificateAuthority next = successor(kind, true);
      X509Certificate[] chain = leaf(next, now);
      assertThat(chain).hasSize(2);
      assertThatCode(() -> check(old, chain)).as(kind.toString()).doesNotThrowAnyException();
      assertThatCode(() -> check(next, chain)).as(kind.toString()).doesNotThrowAnyException();
    }
  }

  @Test
  void shouldNotBeBelievedByTheOldRootAloneWithoutCrossCertificate() {
    CertificateAuthority next = successor(RootKey.DEFAULT, false);
    X509Certificate[] chain = leaf(next, now);
    assertThat(chain).hasSize(1);
    assertThatThrownBy(() -> check(old, chain)).hasMessageContaining("unknown authority");
    assertThatCode(() -> check(next, chain)).doesNotThrowAnyException();
  }

  @Test
  void shouldLeaveTheCrossCertificateOutOnceItHasExpired() {
    CertificateAuthority next = successor(RootKey.DEFAULT, true);
    assertThat(leaf(next, now.plus(Duration.ofDays(6)))).hasSize(2);
    assertThat(leaf(next, now.plus(Duration.ofDays(8)))).hasSize(1);
  }

  @Test
  void shouldSignCrossCertificateAsRecorded() throws Exception {
    CertificateAuthority next = successor(RootKey.DEFAULT, true);
    X509Certificate cross = Pem.firstCertificate(next.row().getIntermediateCerts(0));
    cross.verify(old.root().getPublicKey());
    assertThat(cross.getSubjectX500Principal()).isEqualTo(next.root().getSubjectX500Principal());
    assertThat(cross.getIssuerX500Principal()).isEqualTo(old.root().getSubjectX500Principal());
    assertThat(cross.getPublicKey()).isEqualTo(next.root().getPublicKey());
    assertThat(cross.getSubjectAlternativeNames())
        .containsExactlyElementsOf(next.root().getSubjectAlternativeNames());
    assertThat(cross.getBasicConstraints()).isEqualTo(Integer.MAX_VALUE);
    assertThat(Duration.between(cross.getNotBefore().toInstant(), cross.getNotAfter().toInstant()))
        .isEqualTo(Duration.ofDays(7));
  }

  @Test
  void shouldUseRootThatIsGiven() {
    CertificateAuthority made = CertificateAuthority.create(DOMAIN, "made", 7, now);
    RootKey key = new RootKey("ec", 256, made.row().getSigningKey(), made.row().getRootCert());
    assertThat(CertificateAuthority.given(DOMAIN, key).row()).isEqualTo(made.row());
    assertThatThrownBy(
            () ->
                CertificateAuthority.given(
                    DOMAIN,
                    new RootKey("ec", 256, old.row().getSigningKey(), made.row().getRootCert())))
        .hasMessage("the private key is not that of the root certificate");
    assertThat(key.toString()).doesNotContain("PRIVATE");
  }
}
