package io.hanse.peering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanse.fsm.row.RemoteInfo;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PeeringTokenTest {
  static Stream<String> recorded() throws IOException {
    return lines("/token/recorded.tsv");
  }

  static Stream<String> refused() throws IOException {
    return lines("/token/refused.tsv");
  }

  private static Stream<String> lines(String resource) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(PeeringTokenTest.class.getResourceAsStream(resource))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines().filter(line -> !line.startsWith("#")).toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("recorded")
  void shouldWriteWhatConsulWrites(String line) {
    String token = line.split("\t", -1)[1];
    PeeringToken decoded = PeeringToken.decode(token);
    TokenRules.checkToken(decoded);
    assertThat(decoded.encode()).isEqualTo(token);
    assertThat(decoded.caPems()).isNotEmpty();
    assertThat(decoded.serverName()).startsWith("server.dc1.peering.");
  }

  @ParameterizedTest
  @MethodSource("refused")
  void shouldRefuseInConsulsWords(String line) {
    String[] columns = line.split("\t", -1);
    String token = columns[1].replace("\\n", "\n").replace("\\r", "\r");
    assertThatThrownBy(() -> TokenRules.checkToken(PeeringToken.decode(token)))
        .hasMessage(columns[2]);
  }

  @Test
  void shouldHaveReplayedAll() throws IOException {
    assertThat(recorded()).hasSize(6);
    assertThat(refused()).hasSize(19);
  }

  @Test
  void shouldKeepSecretOutOfText() {
    PeeringToken token =
        new PeeringToken(
            List.of(),
            List.of(),
            List.of("a:1"),
            "name",
            "id",
            "very-secret",
            RemoteInfo.getDefaultInstance(),
            Optional.of(Instant.parse("2026-01-01T00:00:00.250Z")));
    assertThat(token.toString()).doesNotContain("very-secret");
    assertThat(PeeringToken.decode(token.encode())).isEqualTo(token);
  }

  @Test
  void shouldMatchKeysWithoutCaseAndIgnoreOthers() {
    PeeringToken token =
        PeeringToken.decode(
            java.util.Base64.getEncoder()
                .encodeToString(
                    "{\"peerid\":\"a\",\"X\":[{}],\"serveraddresses\":[\"h:1\"],\"CA\":null}"
                        .getBytes(StandardCharsets.UTF_8)));
    assertThat(token.peerId()).isEqualTo("a");
    assertThat(token.addresses()).containsExactly("h:1");
  }

  @Test
  void shouldJudgeNamesAndMeta() {
    TokenRules.checkName("x".repeat(63));
    for (String name : List.of("", "-", "x-", "Beta", "be_ta", "x".repeat(64))) {
      assertThatThrownBy(() -> TokenRules.checkName(name))
          .hasMessageStartingWith(name + " is not a valid peer name: a valid peering name");
    }
    assertThatThrownBy(() -> TokenRules.checkMeta(java.util.Map.of("consul-x", "v")))
        .hasMessage(
            "meta tags failed validation: Couldn't load metadata pair ('consul-x', 'v'): Key prefix"
                + " 'consul-' is reserved for internal use");
    assertThatThrownBy(() -> TokenRules.checkMeta(java.util.Map.of("a b", "v")))
        .hasMessageEndingWith("Key contains invalid characters");
  }
}
