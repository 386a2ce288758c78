package io.hanse.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanse.fsm.error.ProblemException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SharedKeyTlsTest {
  private static final String NAME = "server.dc1.consul";
  private static final SharedKey FIRST = SharedKey.parse(SharedKey.fresh());
  private static final SharedKey SECOND = SharedKey.parse(SharedKey.fresh());

  private Instant now = Instant.now();

  private SharedKeyTls source(List<SharedKey> keyring, String name) {
    InstantSource clock = () -> now;
    return new SharedKeyTls(() -> keyring, name, "127.0.0.1", clock);
  }

  private static X509Certificate[] shown(FiledTls tls) {
    var keys = tls.keys();
    return keys.getCertificateChain(keys.getServerAliases("EC", null)[0]);
  }

  private static void check(FiledTls believer, FiledTls other) throws Exception {
    believer.trust(Optional.of(NAME)).checkServerTrusted(shown(other), "EC");
    believer.trust(Optional.of(NAME)).checkClientTrusted(shown(other), "EC");
  }

  /** A folder that breaks off while it is read, say: who looks at times has to look again. */
  @Test
  void shouldKeepWhatItHasWhateverReadingThrows() {
    boolean[] breaks = new boolean[1];
    FiledTls tls =
        FiledTls.open(
            new SharedKeyTls(
                () -> {
                  if (breaks[0]) {
                    throw new UncheckedIOException(new IOException("stale file handle"));
                  }
                  return List.of(FIRST);
                },
                NAME,
                "127.0.0.1",
                () -> now));
    breaks[0] = true;
    assertThat(tls.reloadOrKeep()).isEqualTo(FiledTls.Change.NOTHING);
  }

  @Test
  void shouldBelieveWhoHasTheSameKeyAndNobodyElse() {
    FiledTls here = FiledTls.open(source(List.of(FIRST), NAME));
    FiledTls there = FiledTls.open(source(List.of(FIRST), NAME));
    assertThatCode(() -> check(here, there)).doesNotThrowAnyException();
    FiledTls foreign = FiledTls.open(source(List.of(SECOND), NAME));
    assertThatThrownBy(() -> check(here, foreign)).hasMessageContaining("unknown authority");
    FiledTls elsewhere = FiledTls.open(source(List.of(FIRST), "server.dc2.consul"));
    assertThatThrownBy(() -> check(here, elsewhere)).hasMessageContaining("server.dc2.consul");
  }

  /** A key that takes another road to its certificate would part servers of two versions. */
  @Test
  void shouldMakeTheSameAuthorityOfAKeyForEver() {
    SharedKey key = SharedKey.parse("AAECAwQFBgcICQoLDA0ODw==");
    X509Certificate root = SharedKeyAuthority.of(key, now).certificate();
    assertThat(root.getSubjectX500Principal().getName()).isEqualTo("CN=Hanse servers c4c56359");
  }

  @Test
  void shouldGoOverToAnotherKeyWithoutAGap() {
    List<SharedKey> one = new ArrayList<>(List.of(FIRST));
    List<SharedKey> two = new ArrayList<>(List.of(FIRST));
    FiledTls here = FiledTls.open(source(one, NAME));
    FiledTls there = FiledTls.open(source(two, NAME));
    one.add(SECOND);
    two.add(SECOND);
    assertThat(here.reload()).isEqualTo(FiledTls.Change.AUTHORITIES);
    there.reload();
    one.add(0, one.remove(1));
    assertThat(here.reload()).isNotEqualTo(FiledTls.Change.NOTHING);
    assertThatCode(() -> check(there, here)).doesNotThrowAnyException();
    assertThatCode(() -> check(here, there)).doesNotThrowAnyException();
    one.remove(FIRST);
    here.reload();
    assertThatThrownBy(() -> check(here, there)).hasMessageContaining("unknown authority");
  }

  @Test
  void shouldRenewItsCertificateAndLetClocksDiffer() {
    FiledTls here = FiledTls.open(source(List.of(FIRST), NAME));
    assertThat(here.reload()).isEqualTo(FiledTls.Change.NOTHING);
    X509Certificate[] before = shown(here);
    now = now.plus(Duration.ofHours(25));
    assertThat(here.reload()).isEqualTo(FiledTls.Change.CERTIFICATE);
    assertThat(shown(here)).isNotEqualTo(before);
    now = now.minus(Duration.ofHours(49));
    FiledTls late = FiledTls.open(source(List.of(FIRST), NAME));
    assertThatCode(() -> check(late, here)).doesNotThrowAnyException();
    assertThatCode(() -> check(here, late)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(strings = {"geheim", "Z2VoZWlt", "", "%%%"})
  void shouldRefuseABadKeyWithoutRepeatingIt(String text) {
    assertThatThrownBy(() -> SharedKey.parse(text))
        .isInstanceOf(ProblemException.class)
        .hasMessageStartingWith("encrypt has invalid key: ")
        .hasMessageNotContaining("geheim")
        .hasNoCause();
    assertThat(FIRST.toString()).isEqualTo("SharedKey[hidden]");
  }
}
