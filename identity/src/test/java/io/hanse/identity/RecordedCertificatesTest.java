package io.hanse.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Certificates that a real authority issued, before and after a rotation of its root. */
class RecordedCertificatesTest {
  private static final InstantSource THEN =
      InstantSource.fixed(Instant.parse("2026-11-22T12:00:00Z"));
  private static final String DOMAIN = "dcf2cdde-ee00-f58d-9fa1-04d968d03d0d.consul";

  /** One line of the recording. */
  private record Recorded(String name, String rootId, String signingKeyId, String pem) {
    X509Certificate certificate() {
      return Pem.firstCertificate(pem);
    }
  }

  private final List<Recorded> all = read();

  private static List<Recorded> read() {
    try (InputStream in =
        Objects.requireNonNull(
            RecordedCertificatesTest.class.getResourceAsStream("/recorded/certificates.tsv"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split("\t", -1))
          .map(c -> new Recorded(c[0], c[1], c[2], c[3].replace("\\n", "\n")))
          .toList();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private Recorded named(String beginning) {
    return all.stream().filter(one -> one.name().startsWith(beginning)).findFirst().orElseThrow();
  }

  private X509Certificate[] chain(String... names) {
    return Stream.of(names).map(name -> named(name).certificate()).toArray(X509Certificate[]::new);
  }

  private PeerTrust trust(String root) {
    return new PeerTrust(List.of(TrustSource.own(DOMAIN, List.of(named(root).pem()))), THEN);
  }

  @Test
  void shouldNameRootsAndKeysAsRecorded() throws Exception {
    assertThat(all).hasSize(10);
    for (Recorded one : all) {
      if (!one.rootId().isEmpty() && one.name().contains("root")) {
        assertThat(CertificateAuthority.rootId(one.certificate())).isEqualTo(one.rootId());
      }
    }
    Recorded root = named("CA root");
    assertThat(Keys.hex(Keys.id(root.certificate().getPublicKey()))).isEqualTo(root.signingKeyId());
  }

  @Test
  void shouldWritePemAsRecorded() {
    assertThat(all)
        .allSatisfy(one -> assertThat(Pem.encode(one.certificate())).isEqualTo(one.pem()));
  }

  @Test
  void shouldBelieveLeafOfEitherRoot() {
    assertThatCode(
            () -> trust("CA root").any().checkClientTrusted(chain("leaf of a service"), "EC"))
        .doesNotThrowAnyException();
    X509Certificate[] rotated =
        chain(
            "leaf of a service after rotation, element 0",
            "leaf of a service after rotation, element 1");
    // Who knows the old root only is led by the cross certificate; who knows the new one needs
    // none.
    for (String root : List.of("CA root", "root after rotation to RSA 2048, active=True")) {
      assertThatCode(() -> trust(root).any().checkClientTrusted(rotated, "EC"))
          .doesNotThrowAnyException();
    }
    assertThatThrownBy(
            () ->
                trust("CA root")
                    .any()
                    .checkClientTrusted(chain("leaf of a service after rotation, element 0"), "EC"))
        .hasMessage("certificate signed by unknown authority");
  }

  @Test
  void shouldBelieveServersOfEitherRoot() {
    String name = "server.dc1.peering." + DOMAIN;
    X509Certificate[] rotated =
        chain(
            "peering server certificate after the rotation, element 0",
            "peering server certificate after the rotation, element 1");
    for (String root : List.of("CA root", "root after rotation to RSA 2048, active=True")) {
      ServerNameTrust trust = new ServerNameTrust(List.of(named(root).pem()), name, THEN);
      assertThatCode(() -> trust.checkServerTrusted(rotated, "EC")).doesNotThrowAnyException();
    }
  }

  @Test
  void shouldReadIdentities() throws Exception {
    assertThat(PeerTrust.identity(named("leaf of a service").certificate()))
        .isEqualTo(SpiffeId.service(new TrustDomain(DOMAIN), "dc1", "web"));
    assertThat(PeerTrust.identity(named("peering server").certificate()))
        .isEqualTo(SpiffeId.server(new TrustDomain(DOMAIN), "dc1"));
    assertThat(PeerTrust.identity(named("CA root").certificate()))
        .isEqualTo(SpiffeId.signing(new TrustDomain(DOMAIN)));
  }
}
