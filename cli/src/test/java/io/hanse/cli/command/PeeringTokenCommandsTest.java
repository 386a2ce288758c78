package io.hanse.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.cli.CommandRun;
import io.hanse.cli.CommandRun.Result;
import io.hanse.cli.value.JsonText;
import io.hanse.cli.value.Value;
import io.hanse.fsm.row.RemoteInfo;
import io.hanse.identity.CertificateAuthority;
import io.hanse.identity.TrustDomain;
import io.hanse.peering.LabelledAddresses;
import io.hanse.peering.PeeringToken;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PeeringTokenCommandsTest {
  private static final String SECRET = "5e0b2c1a-0000-4000-8000-00000000cafe";

  private static PeeringToken token(String secret, List<String> addresses) {
    TrustDomain domain = new TrustDomain("11111111-2222-3333-4444-555555555555.consul");
    CertificateAuthority authority =
        CertificateAuthority.create(domain, "root", 7, Instant.parse("2026-01-01T00:00:00Z"));
    return new PeeringToken(
        List.of(authority.row().getRootCert()),
        LabelledAddresses.of(
            List.of("gateway.example:8443", "10.8.0.7:8503"), Map.of("10.8.0.7:8503", "vpn")),
        addresses,
        domain.serverName("dc-alpha"),
        "6de2efb0-72da-4caa-9006-aa7a178cf7c1",
        secret,
        RemoteInfo.newBuilder().setDatacenter("dc-alpha").build(),
        Optional.of(Instant.parse("2026-01-02T00:00:00Z")));
  }

  private static Result inspect(PeeringToken token, String... flags) {
    List<String> line = new ArrayList<>(List.of("peering", "token", "inspect"));
    line.addAll(List.of(flags));
    line.add("-");
    return new CommandRun().reading(token.encode() + "\n").run(line.toArray(String[]::new));
  }

  @Test
  void shouldShowWhatATokenSaysAndNotItsSecret() {
    Result result = inspect(token(SECRET, List.of("10.0.0.1:8503")));

    assertThat(result.exit()).as(result.err()).isZero();
    assertThat(result.out())
        .contains("Peer ID:     6de2efb0-72da-4caa-9006-aa7a178cf7c1\n")
        .contains("Datacenter:  dc-alpha\n")
        .contains(
            "Server Name: server.dc-alpha.peering.11111111-2222-3333-4444-555555555555.consul")
        .contains("Address:     gateway.example:8443 (token)\n")
        .contains("Address:     10.8.0.7:8503 (token, vpn)\n")
        .contains("Address:     10.0.0.1:8503 (not dialed)\n")
        .containsPattern("CA: .* until 2035-12-30T00:00:00Z ([0-9A-F]{2}:){31}[0-9A-F]{2}\n")
        .containsPattern("Expires:     2026-01-02T00:00:00Z \\(expired [0-9]+ days ago, by ")
        .contains("Secret:      present, not shown\n")
        .doesNotContain(SECRET);
  }

  @Test
  void shouldLetNoTokenSteerTheTerminal() {
    String evil = "\u001b[2J\u001b]0;x\u0007\n";
    PeeringToken token =
        new PeeringToken(
            List.of(),
            LabelledAddresses.of(List.of(evil + ":1"), Map.of()),
            List.of(evil),
            evil,
            evil,
            SECRET,
            RemoteInfo.newBuilder().setDatacenter(evil).build(),
            Optional.empty());
    String out = inspect(token).out();
    assertThat(out).contains("\\x1b[2J").doesNotContain("\u001b", "\u0007");
    assertThat(out.lines().filter(line -> line.isBlank() || line.startsWith(":"))).isEmpty();
  }

  @Test
  void shouldPrintJsonForPrograms() {
    Result result = inspect(token(SECRET, List.of("10.0.0.1:8503")), "-format=json");

    Value shown = JsonText.parse(result.out());
    assertThat(shown.at("PeerID").text()).isEqualTo("6de2efb0-72da-4caa-9006-aa7a178cf7c1");
    assertThat(shown.at("HasSecret").truth()).isTrue();
    assertThat(shown.at("Expires").text()).isEqualTo("2026-01-02T00:00:00Z");
    assertThat(shown.at("CA").items()).hasSize(1);
    assertThat(shown.at("AddressLabels").at("10.8.0.7:8503").text()).isEqualTo("vpn");
    assertThat(result.out()).doesNotContain(SECRET);
  }

  @Test
  void shouldSayWhatIsWrongWithATokenAndFail() {
    Result result = inspect(token("", List.of("nowhere")));

    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.out())
        .contains("Problem:     nowhere is not a valid peering server address\n")
        .contains("Secret:      none\n");
    assertThat(inspect(token("", List.of())).out())
        .contains("Problem:     the token has no secret");
  }

  @Test
  void shouldNeverRepeatATokenThatIsGivenInPlaceOfItsFile() {
    String token = token(SECRET, List.of("10.0.0.1:8503")).encode();
    List<List<String>> lines =
        List.of(
            List.of(token),
            List.of(token, "-format=json"),
            List.of("-", token),
            List.of(" " + token));
    for (List<String> each : lines) {
      List<String> line = new ArrayList<>(List.of("peering", "token", "inspect"));
      line.addAll(each);
      Result result = new CommandRun().run(line.toArray(String[]::new));
      assertThat(result.exit()).isEqualTo(1);
      assertThat(result.out()).isEmpty();
      assertThat(result.err())
          .contains("the name of a file, or - for standard input")
          .doesNotContain(token.substring(0, 20))
          .hasLineCount(1);
    }
    assertThat(new CommandRun().run("peering", "token", "inspect", token).err())
        .startsWith("This is the token itself");
  }

  @Test
  void shouldTakeFlagsBehindTheFile(@TempDir Path directory) throws Exception {
    Files.writeString(directory.resolve("token"), token(SECRET, List.of()).encode());
    Result result =
        new CommandRun().in(directory).run("peering", "token", "inspect", "token", "-format=json");
    assertThat(result.exit()).as(result.err()).isZero();
    assertThat(JsonText.parse(result.out()).at("HasSecret").truth()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "' \n'|standard input is empty; expected is all that hanse peering generate-token printed",
        "6de2efb0-72da-4caa-9006-aa7a178cf7c1|holds an id or a token of access control",
        "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln|holds a JSON Web Token",
        "{\"PeeringToken\":\"eyJD\"}|holds JSON: only the value of PeeringToken is the token",
      })
  void shouldSayWhatIsThereInPlaceOfAToken(String given, String said) {
    Result result = new CommandRun().reading(given).run("peering", "token", "inspect", "-");
    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.err()).startsWith("Error reading the token: ").contains(said);
    assertThat(result.out()).isEmpty();
  }

  @Test
  void shouldSayThatATokenWasCutOff() {
    String token = token(SECRET, List.of("10.0.0.1:8503")).encode();
    for (int length : new int[] {100, 101, token.length() - 8}) {
      Result result =
          new CommandRun()
              .reading(token.substring(0, length))
              .run("peering", "token", "inspect", "-");
      assertThat(result.err())
          .contains("standard input holds the beginning of a peering token, " + length + " char")
          .doesNotContain(token.substring(0, 20), SECRET);
    }
  }

  @Test
  void shouldReadAFileAndRefuseGarbage(@TempDir Path directory) throws Exception {
    Files.writeString(directory.resolve("token"), token(SECRET, List.of()).encode());
    CommandRun here = new CommandRun().in(directory);
    assertThat(here.run("peering", "token", "inspect", "token").exit()).isZero();

    Files.writeString(directory.resolve("garbage"), "no token at all");
    Result refused = here.run("peering", "token", "inspect", "garbage");
    assertThat(refused.exit()).isEqualTo(1);
    assertThat(refused.err()).startsWith("Error reading the token: failed to decode token");
    assertThat(refused.err()).contains("\ngarbage holds no peering token; expected is all that");
    assertThat(here.run("peering", "token", "inspect", "absent").err()).contains("no such file");
  }
}
