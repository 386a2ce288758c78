package io.hanse.peering;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.row.RemoteInfo;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;

/** Hostile tokens are refused with a reason, whatever they are. */
class PeeringTokenFuzzTest {
  private static void decode(String text) {
    try {
      TokenRules.checkToken(PeeringToken.decode(text));
    } catch (ProblemException e) {
      assertThat(e.code()).isEqualTo(ProblemCode.INVALID_ARGUMENT);
      assertThat(e.getMessage()).isNotEmpty();
    }
  }

  @Property(tries = 1000)
  void shouldSurviveAnyText(@ForAll @StringLength(max = 200) String text) {
    decode(text);
  }

  @Property(tries = 1000)
  void shouldSurviveAnyBytes(@ForAll @Size(max = 200) byte[] bytes) {
    decode(Base64.getEncoder().encodeToString(bytes));
  }

  @Property(tries = 1000)
  void shouldSurviveBrokenTokens(
      @ForAll @IntRange(max = 400) int at, @ForAll byte value, @ForAll boolean cut) {
    PeeringToken token =
        new PeeringToken(
            List.of("-----BEGIN CERTIFICATE-----\nMFkw\n-----END CERTIFICATE-----\n"),
            LabelledAddresses.of(List.of("h:1"), Map.of("h:1", "vpn")),
            List.of("[::1]:8503"),
            "server",
            "id",
            "secret",
            RemoteInfo.newBuilder().setDatacenter("dc\u0001<é").build(),
            Optional.of(Instant.EPOCH));
    byte[] json = Base64.getDecoder().decode(token.encode());
    int place = at % json.length;
    json[place] = value;
    String text = new String(json, 0, cut ? place : json.length, StandardCharsets.ISO_8859_1);
    decode(Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.ISO_8859_1)));
  }

  @Property(tries = 300)
  void shouldFindBase64MistakeOnlyWhereThereIsOne(@ForAll @Size(max = 60) byte[] bytes) {
    GoBase64.Decoded decoded = GoBase64.decode(Base64.getEncoder().encodeToString(bytes));
    assertThat(decoded.mistake()).isEmpty();
    assertThat(decoded.content().toByteArray()).isEqualTo(bytes);
  }

  @Property(tries = 1)
  void shouldBoundDepth() {
    decode(
        Base64.getEncoder()
            .encodeToString("[".repeat(100_000).getBytes(StandardCharsets.US_ASCII)));
  }
}
