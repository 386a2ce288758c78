package io.hanse.cli.program;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.time.Instant;
import java.util.TimeZone;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class JsonLineTest {
  private static final String HEAD =
      "{\"@level\":\"warn\",\"@message\":\"%s\",\"@module\":\"io.hanse.X\","
          + "\"@timestamp\":\"2026-11-26T23:59:59.123456+01:00\"%s}";

  private final LoggerContext context = new LoggerContext();
  private TimeZone before;

  @BeforeEach
  void setZone() {
    before = TimeZone.getDefault();
    TimeZone.setDefault(TimeZone.getTimeZone("Europe/Berlin"));
  }

  @AfterEach
  void giveZoneBack() {
    TimeZone.setDefault(before);
  }

  private String line(String pattern, Throwable thrown, Object... values) {
    JsonLine layout = new JsonLine();
    layout.setContext(context);
    layout.start();
    LoggingEvent event =
        new LoggingEvent(
            "fqcn", context.getLogger("io.hanse.X"), Level.WARN, pattern, thrown, values);
    event.setInstant(Instant.parse("2026-11-26T22:59:59.123456789Z"));
    return layout.doLayout(event).strip();
  }

  private static String expected(String message, String more) {
    return HEAD.formatted(message, more);
  }

  @Test
  void shouldWritePairsAsKeysOfTheirOwn() {
    assertThat(
            line(
                "stream closed peer={} open={} good={} cause=\"{}\"",
                null,
                "b",
                3,
                true,
                "a \"q\""))
        .isEqualTo(
            expected(
                "stream closed",
                ",\"peer\":\"b\",\"open\":3,\"good\":true,\"cause\":\"a \\\"q\\\"\""));
  }

  @Test
  void shouldKeepAFixedPair() {
    assertThat(line("reloading signal=HUP id={}", null, 7))
        .isEqualTo(expected("reloading", ",\"signal\":\"HUP\",\"id\":7"));
  }

  @Test
  void shouldFillInAMessageOfAnotherForm() {
    assertThat(line("{} group={}", null, "removed", "g"))
        .isEqualTo(expected("removed group=g", ""));
    assertThat(line("became {} of a={} since", null, "leader", 1))
        .isEqualTo(expected("became leader of a=1 since", ""));
    assertThat(line("plain", null)).isEqualTo(expected("plain", ""));
    assertThat(line("too few a={} b={}", null, 1)).isEqualTo(expected("too few a=1 b={}", ""));
  }

  @Test
  void shouldTellWhatWasThrownInOneLine() {
    assertThat(line("failed id={}", new IllegalStateException("why"), 1))
        .startsWith("{\"@level\":\"warn\",\"@message\":\"failed\"")
        .contains("\"id\":1,\"error\":\"java.lang.IllegalStateException: why\",\"stacktrace\":\"")
        .doesNotContain("\n");
  }
}
