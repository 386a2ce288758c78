package io.hanse.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanse.identity.OperatorAuthority.Issued;
import io.hanse.identity.OperatorAuthority.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FiledTlsTest {
  private static final String NAME = "server.dc1.consul";
  private static final Duration DAY = Duration.ofDays(1);

  @TempDir private Path folder;

  private final OperatorAuthority authority = OperatorAuthority.create("Ours", DAY, Instant.now());
  private final OperatorAuthority another = OperatorAuthority.create("Theirs", DAY, Instant.now());

  @BeforeEach
  void write() throws IOException {
    write(authority.files().certificatePem(), issue(authority, Role.SERVER, NAME));
  }

  private static Issued issue(OperatorAuthority from, Role role, String name) {
    return from.issue(role, List.of(name), List.of("127.0.0.1"), DAY, Instant.now());
  }

  private void write(String roots, Issued issued) throws IOException {
    Files.writeString(folder.resolve("ca.pem"), roots);
    Files.writeString(folder.resolve("cert.pem"), issued.certificatePem());
    Files.writeString(folder.resolve("key.pem"), issued.keyPem());
  }

  private FiledTls open() {
    return FiledTls.open(
        new TlsFiles(
            Optional.of(folder.resolve("ca.pem")),
            folder.resolve("cert.pem"),
            folder.resolve("key.pem")));
  }

  private static X509Certificate[] chain(Issued issued) {
    return Pem.certificates(issued.certificatePem()).toArray(X509Certificate[]::new);
  }

  @Test
  void shouldBelieveItsAuthorityAndTheNameWanted() {
    var trust = open().trust(Optional.of(NAME));
    assertThatCode(
            () -> {
              trust.checkClientTrusted(chain(issue(authority, Role.SERVER, NAME)), "EC");
              trust.checkServerTrusted(chain(issue(authority, Role.SERVER, NAME)), "EC");
            })
        .doesNotThrowAnyException();
    assertThatThrownBy(
            () -> trust.checkServerTrusted(chain(issue(another, Role.SERVER, NAME)), "EC"))
        .isInstanceOf(CertificateException.class)
        .hasMessageContaining("unknown authority");
    assertThatThrownBy(
            () -> trust.checkClientTrusted(chain(issue(authority, Role.SERVER, "web")), "EC"))
        .hasMessageContaining("valid for web, not " + NAME);
    assertThatThrownBy(
            () -> trust.checkServerTrusted(chain(issue(authority, Role.CLIENT, NAME)), "EC"))
        .hasMessageContaining("not meant for a SERVER");
  }

  @Test
  void shouldBelieveNobodyWithoutAnAuthority() {
    FiledTls tls =
        FiledTls.open(
            new TlsFiles(Optional.empty(), folder.resolve("cert.pem"), folder.resolve("key.pem")));
    assertThatThrownBy(
            () ->
                tls.trust(Optional.empty())
                    .checkClientTrusted(chain(issue(authority, Role.SERVER, NAME)), "EC"))
        .isInstanceOf(CertificateException.class);
  }

  @Test
  void shouldGoByWhatWasReadLast() throws Exception {
    FiledTls tls = open();
    var keys = tls.keys();
    assertThat(tls.reload()).isEqualTo(FiledTls.Change.NOTHING);

    Issued renewed = issue(authority, Role.SERVER, NAME);
    write(authority.files().certificatePem(), renewed);
    assertThat(tls.reload()).isEqualTo(FiledTls.Change.CERTIFICATE);
    String alias = keys.getServerAliases("EC", null)[0];
    assertThat(keys.getCertificateChain(alias)).isEqualTo(chain(renewed));

    write(another.files().certificatePem(), renewed);
    assertThat(tls.reload()).isEqualTo(FiledTls.Change.AUTHORITIES);
    assertThatThrownBy(() -> tls.trust(Optional.empty()).checkServerTrusted(chain(renewed), "EC"))
        .hasMessageContaining("unknown authority");
  }

  @Test
  void shouldKeepWhatItHasWhereFilesDoNotFit() throws Exception {
    FiledTls tls = open();
    Files.writeString(folder.resolve("key.pem"), issue(authority, Role.SERVER, NAME).keyPem());
    assertThatThrownBy(tls::reload).hasMessageContaining("key.pem is not the key of");
    assertThat(tls.reloadOrKeep()).isEqualTo(FiledTls.Change.NOTHING);
    Files.delete(folder.resolve("ca.pem"));
    assertThatThrownBy(tls::reload).hasMessageContaining("ca.pem");
    write();
    assertThat(tls.reload()).isEqualTo(FiledTls.Change.CERTIFICATE);
  }

  @Test
  void shouldNeverQuoteAKey() throws Exception {
    Issued issued = issue(authority, Role.SERVER, NAME);
    Files.writeString(folder.resolve("key.pem"), issued.keyPem().replace("A", "B"));
    String secret = issued.keyPem().lines().skip(1).findFirst().orElseThrow().substring(0, 20);
    assertThatThrownBy(this::open).message().doesNotContain(secret);
    assertThat(issued.toString()).doesNotContain(secret);
  }

  @Test
  void shouldReadKeysOfRsa() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    KeyPair pair = generator.generateKeyPair();
    var read = Keys.parse(Keys.toPkcs8(pair.getPrivate()));
    assertThat(read).isEqualTo(pair.getPrivate());
    assertThat(Keys.matches(read, pair.getPublic())).isTrue();
    var bare =
        org.bouncycastle.asn1.pkcs.PrivateKeyInfo.getInstance(pair.getPrivate().getEncoded());
    String pkcs1 =
        Pem.encode("RSA PRIVATE KEY", bare.parsePrivateKey().toASN1Primitive().getEncoded());
    assertThat(Keys.parse(pkcs1)).isEqualTo(pair.getPrivate());
    generator.initialize(2048);
    assertThat(Keys.matches(read, generator.generateKeyPair().getPublic())).isFalse();
  }
}
