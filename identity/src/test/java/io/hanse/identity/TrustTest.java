package io.hanse.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.Test;

class TrustTest {
  private static final TrustDomain EAST =
      TrustDomain.ofCluster("aaaaaaaa-0000-0000-0000-000000000001");
  private static final TrustDomain WEST =
      TrustDomain.ofCluster("bbbbbbbb-0000-0000-0000-000000000002");
  private final Instant now = Instant.now();

  private final CertificateAuthority east = CertificateAuthority.create(EAST, "east", 1, now);
  private final CertificateAuthority west = CertificateAuthority.create(WEST, "west", 1, now);
  private final PeerTrust trust =
      new PeerTrust(List.of(source("", EAST, east), source("west", WEST, west)));

  private static TrustSource source(
      String peer, TrustDomain domain, CertificateAuthority... authorities) {
    return new TrustSource(
        peer, domain.name(), Stream.of(authorities).map(each -> each.row().getRootCert()).toList());
  }

  private static X509Certificate[] leaf(
      CertificateAuthority authority, SpiffeId id, Instant now, String... dnsNames) {
    KeyPair keys = Keys.p256();
    String pem =
        authority.sign(keys.getPublic(), id, List.of(dnsNames), 2, now, Duration.ofHours(1));
    return Pem.certificates(pem).toArray(X509Certificate[]::new);
  }

  private static void client(X509ExtendedTrustManager trust, X509Certificate... chain)
      throws Exception {
    trust.checkClientTrusted(chain, "EC");
  }

  @Test
  void shouldBelieveEachTrustDomainByItsOwnRoots() {
    X509Certificate[] own = leaf(east, SpiffeId.service(EAST, "dc1", "web"), now);
    X509Certificate[] forged = leaf(west, SpiffeId.service(EAST, "dc1", "web"), now);
    assertThatCode(() -> client(trust.any(), own)).doesNotThrowAnyException();
    assertThatCode(() -> client(trust.any(), own)).doesNotThrowAnyException();
    assertThatThrownBy(() -> client(trust.any(), forged))
        .hasMessage("certificate signed by unknown authority");
  }

  /** A trust domain is no secret: what a peer signs is the peer's, whatever it calls it. */
  @Test
  void shouldSayWhoseRootsSignedAnIdentity() throws Exception {
    CertificateAuthority forger = CertificateAuthority.create(WEST, "forger", 1, now);
    PeerTrust several =
        new PeerTrust(
            List.of(
                source("", EAST, east),
                source("west", WEST, west),
                source("west-again", WEST, west),
                source("mallory", WEST, forger)));
    SpiffeId web = SpiffeId.service(WEST, "dc1", "web");
    assertThat(several.client(leaf(west, web, now), now))
        .isEqualTo(new Vouched(web, Set.of("west", "west-again")));
    assertThat(several.client(leaf(forger, web, now), now))
        .isEqualTo(new Vouched(web, Set.of("mallory")));
    SpiffeId ours = SpiffeId.service(EAST, "dc1", "web");
    assertThat(several.client(leaf(east, ours, now), now).peers()).containsExactly("");
    assertThatThrownBy(() -> several.client(leaf(forger, ours, now), now))
        .hasMessage("certificate signed by unknown authority");
  }

  /** A connection outlives the leaf that it came with, not the roots. */
  @Test
  void shouldJudgeAChainAsOfWhenItWasShown() throws Exception {
    Instant came = now.minus(Duration.ofHours(2));
    X509Certificate[] chain = leaf(east, SpiffeId.service(EAST, "dc1", "web"), came);
    assertThatThrownBy(() -> trust.client(chain, now)).hasMessageContaining("expired");
    assertThat(trust.client(chain, came).peers()).containsExactly("");
    assertThatThrownBy(() -> trust.client(chain, now)).hasMessageContaining("expired");
    assertThatThrownBy(() -> new PeerTrust(List.of(source("", EAST, west))).client(chain, came))
        .hasMessage("certificate signed by unknown authority");
  }

  @Test
  void shouldRefuseUnknownTrustDomain() {
    TrustDomain other = TrustDomain.ofCluster("cccccccc-0000-0000-0000-000000000003");
    X509Certificate[] chain = leaf(east, SpiffeId.service(other, "dc1", "web"), now);
    assertThatThrownBy(() -> client(trust.any(), chain))
        .hasMessageContaining("unknown trust domain");
  }

  @Test
  void shouldRefuseAuthorityAsLeaf() {
    assertThatThrownBy(() -> client(trust.any(), east.root()))
        .hasMessageContaining("presented as a leaf");
  }

  @Test
  void shouldRefuseExpiredLeaf() {
    X509Certificate[] chain =
        leaf(east, SpiffeId.service(EAST, "dc1", "web"), now.minus(Duration.ofHours(2)));
    assertThatThrownBy(() -> client(trust.any(), chain)).hasMessageContaining("expired");
  }

  @Test
  void shouldBelieveNoRootThatHasExpired() {
    X509Certificate[] chain = longLived(east);
    String aWeekLong = east.crossSign(east.root(), 3, now);
    Instant later = now.plus(Duration.ofDays(8));
    assertThatCode(() -> believing(aWeekLong).client(chain, now)).doesNotThrowAnyException();
    assertThatThrownBy(() -> believing(aWeekLong).client(chain, later))
        .hasMessage("certificate signed by a root that has expired");
    assertThatCode(() -> believing(aWeekLong, east.row().getRootCert()).client(chain, later))
        .doesNotThrowAnyException();
  }

  @Test
  void shouldBelieveNoIntermediateThatHasExpired() {
    X509Certificate[] chain = {
      longLived(east)[0], Pem.firstCertificate(west.crossSign(east.root(), 3, now))
    };
    PeerTrust believing = believing(west.row().getRootCert());
    assertThatCode(() -> believing.client(chain, now)).doesNotThrowAnyException();
    assertThatThrownBy(() -> believing.client(chain, now.plus(Duration.ofDays(8))))
        .hasMessage("certificate signed by unknown authority");
  }

  @Test
  void shouldLetNoLeafOutliveItsRoot() {
    Instant last = east.root().getNotAfter().toInstant();
    SpiffeId web = SpiffeId.service(EAST, "dc1", "web");
    X509Certificate[] chain = leaf(east, web, last.minus(Duration.ofMinutes(10)));
    assertThat(chain[0].getNotAfter().toInstant()).isEqualTo(last);
    assertThatThrownBy(() -> leaf(east, web, last)).hasMessageContaining("the root expired at");
  }

  private static PeerTrust believing(String... rootPems) {
    return new PeerTrust(List.of(new TrustSource("", EAST.name(), List.of(rootPems))));
  }

  private X509Certificate[] longLived(CertificateAuthority authority) {
    return Pem.certificates(
            authority.sign(
                Keys.p256().getPublic(),
                SpiffeId.service(EAST, "dc1", "web"),
                List.of(),
                2,
                now,
                Duration.ofDays(30)))
        .toArray(X509Certificate[]::new);
  }

  @Test
  void shouldAskForExactIdentity() {
    SpiffeId web = SpiffeId.service(EAST, "dc1", "web");
    SpiffeId gateway = SpiffeId.meshGateway(EAST, "dc1");
    X509ExtendedTrustManager expecting = trust.anyOf(List.of(web.uri(), gateway.uri()));
    assertThatCode(() -> expecting.checkServerTrusted(leaf(east, gateway, now), "EC"))
        .doesNotThrowAnyException();
    assertThatThrownBy(
            () ->
                expecting.checkServerTrusted(
                    leaf(east, SpiffeId.service(EAST, "dc1", "webb"), now), "EC"))
        .hasMessageContaining("expected one of");
  }

  @Test
  void shouldAcceptSuperfluousIntermediates() {
    X509Certificate[] leaf = leaf(east, SpiffeId.service(EAST, "dc1", "web"), now);
    assertThatCode(() -> client(trust.any(), leaf[0], west.root(), east.root()))
        .doesNotThrowAnyException();
  }

  @Test
  void shouldCompareServerNameWithUnderscore() {
    String name = EAST.serverName("dc_1");
    X509Certificate[] chain = leaf(east, SpiffeId.server(EAST, "dc_1"), now, name);
    List<String> roots = List.of(west.row().getRootCert(), east.row().getRootCert());
    assertThatCode(() -> ServerNameTrust.of(roots, name).checkServerTrusted(chain, "EC"))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> ServerNameTrust.of(roots, "other").checkServerTrusted(chain, "EC"))
        .hasMessage("certificate is valid for " + name + ", not other");
    assertThatThrownBy(
            () ->
                ServerNameTrust.of(List.of(west.row().getRootCert()), name)
                    .checkServerTrusted(chain, "EC"))
        .hasMessage("certificate signed by unknown authority");
  }

  @Test
  void shouldRefuseForeignClaimsInRequests() {
    SigningRules rules = new SigningRules(EAST, "dc1");
    assertThatThrownBy(() -> rules.judge(request(SpiffeId.service(WEST, "dc1", "web"))))
        .hasMessage("SPIFFE ID in CSR from a different trust domain: " + WEST + ", we are " + EAST);
    assertThatThrownBy(() -> rules.judge(request(SpiffeId.service(EAST, "dc2", "web"))))
        .hasMessage("SPIFFE ID in CSR from a different datacenter: dc2, we are dc1");
    assertThatCode(() -> rules.judge(request(SpiffeId.agent(WEST, "dc1", "n1"))))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> SigningRequest.parse("garbage")).hasMessage("the CSR is malformed");
  }

  private static SigningRequest request(SpiffeId id) {
    return SigningRequest.parse(SigningRequest.create(Keys.p256(), id, List.of()));
  }
}
