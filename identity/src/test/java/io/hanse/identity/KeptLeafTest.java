package io.hanse.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptLeafTest {
  private static final TrustDomain DOMAIN =
      TrustDomain.ofCluster("aaaaaaaa-0000-0000-0000-000000000001");
  private static final SpiffeId SERVER = SpiffeId.server(DOMAIN, "dc1");

  @TempDir Path folder;

  private static Leaf leaf() {
    KeyPair keys = Keys.p256();
    CertificateAuthority authority = CertificateAuthority.create(DOMAIN, "test", 1, Instant.now());
    String pem =
        authority.sign(
            keys.getPublic(),
            SERVER,
            List.of(DOMAIN.serverName("dc1")),
            7,
            Instant.now(),
            Duration.ofHours(1));
    return Leaf.of(SERVER, keys, pem, 12);
  }

  @Test
  void shouldFindALeafAgainForItsOwnerOnly() throws Exception {
    Path file = folder.resolve("server.pem");
    Leaf leaf = leaf();
    KeptLeaf.in(file).keep(leaf(), "old-root");
    KeptLeaf.in(file).keep(leaf, "root-1");
    KeptLeaf.Signed found = KeptLeaf.in(file).load().orElseThrow();
    assertThat(found.rootId()).isEqualTo("root-1");
    assertThat(found.leaf().id()).isEqualTo(SERVER);
    assertThat(found.leaf().chain()).isEqualTo(leaf.chain());
    assertThat(found.leaf().keyPem()).isEqualTo(leaf.keyPem());
    assertThat(Files.getPosixFilePermissions(file))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    assertThat(folder).isDirectoryNotContaining("glob:**.tmp");
  }

  /** As a power cut may leave it, or an editor. */
  @Test
  void shouldTakeWhatIsNotWholeForNone() throws Exception {
    Path file = folder.resolve("server.pem");
    KeptLeaf kept = KeptLeaf.in(file);
    assertThat(kept.load()).isEmpty();
    kept.keep(leaf(), "root-1");
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length - 2; length += 11) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThat(kept.load()).isEmpty();
    }
    Files.write(file, new byte[1 << 20]);
    assertThat(kept.load()).isEmpty();
  }

  @Test
  void shouldNotTakeAKeyOfAnotherCertificate() throws Exception {
    Path file = folder.resolve("server.pem");
    Leaf other = leaf();
    KeptLeaf.in(file).keep(leaf(), "root-1");
    String text = Files.readString(file);
    int key = text.indexOf("-----BEGIN EC");
    Files.writeString(file, text.substring(0, key) + other.keyPem());
    assertThat(KeptLeaf.in(file).load()).isEmpty();
  }

  @Test
  void shouldKeepNothingWhereThereIsNoFolder() {
    KeptLeaf.nowhere().keep(leaf(), "root-1");
    assertThat(KeptLeaf.nowhere().load()).isEmpty();
    KeptLeaf.in(folder.resolve("missing").resolve("server.pem")).keep(leaf(), "root-1");
  }
}
