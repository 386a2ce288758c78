package io.hanse.peering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanse.fsm.row.PeerAddress;
import io.hanse.fsm.row.RemoteInfo;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
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

  private static PeeringToken decoded(String json) {
    return PeeringToken.decode(
        Base64.getEncoder().encodeToString(json.getBytes(StandardCharsets.UTF_8)));
  }

  private static PeeringToken labelled(Map<String, String> labels) {
    return new PeeringToken(
        List.of(),
        LabelledAddresses.of(List.of("pub:1", "vpn:2", "pub:3"), labels),
        List.of("a:1"),
        "name",
        "id",
        "secret",
        RemoteInfo.getDefaultInstance(),
        Optional.empty());
  }

  @Test
  void shouldCarryLabelsBesideTheListThatConsulReads() {
    PeeringToken token = labelled(Map.of("pub:3", "public", "vpn:2", "vpn"));

    assertThat(PeeringToken.decode(token.encode())).isEqualTo(token);
    String json = new String(Base64.getDecoder().decode(token.encode()), StandardCharsets.UTF_8);
    assertThat(json)
        .contains("\"ManualServerAddresses\":[\"pub:1\",\"vpn:2\",\"pub:3\"]")
        .endsWith(",\"HanseAddressLabels\":{\"vpn:2\":\"vpn\",\"pub:3\":\"public\"}}");
    assertThat(labelled(Map.of()).encode())
        .as("without a label, nothing that a Consul does not write")
        .isEqualTo(labelled(Map.of("elsewhere:1", "vpn")).encode());
  }

  @Test
  void shouldRefuseLabelsThatAreNone() {
    for (String label : List.of("a b", "x".repeat(65), "ä", "a=b")) {
      assertThatThrownBy(() -> labelled(Map.of("vpn:2", label)).check())
          .hasMessage(
              "a label has up to 64 letters, digits, '-', '_' and '.', and \"vpn:2\" has another"
                  + " one");
    }
    String addresses = "{\"ManualServerAddresses\":[\"h:1\"],\"HanseAddressLabels\":";
    assertThatThrownBy(() -> decoded(addresses + "[\"vpn\"]}"))
        .hasMessageStartingWith("json: cannot unmarshal array into Go struct field");
    assertThatThrownBy(() -> decoded(addresses + "{\"h:1\":7}}"))
        .hasMessage(
            "json: cannot unmarshal number into Go struct field"
                + " PeeringToken.HanseAddressLabels.h:1 of type string");
    assertThat(decoded(addresses + "{\"h:1\":null}}").manualAddresses())
        .extracting(PeerAddress::getLabel)
        .containsExactly("");
  }

  @Test
  void shouldRefuseToPreferWhatNoAddressIsCalled() {
    PeeringToken token = labelled(Map.of("pub:1", "public", "pub:3", "public", "vpn:2", "vpn"));
    TokenRules.checkPreference("vpn", token);
    TokenRules.checkPreference("", token);
    assertThatThrownBy(() -> TokenRules.checkPreference("lan", token))
        .hasMessage("no address of the token has the preferred label; it has: public, vpn");
    // As a Consul makes them.
    assertThatThrownBy(() -> TokenRules.checkPreference("vpn", labelled(Map.of())))
        .hasMessage("no address of the token has the preferred label: it has no labels");
  }

  @Test
  void shouldMatchKeysWithoutCaseAndIgnoreOthers() {
    PeeringToken token =
        decoded("{\"peerid\":\"a\",\"X\":[{}],\"serveraddresses\":[\"h:1\"],\"CA\":null}");
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
