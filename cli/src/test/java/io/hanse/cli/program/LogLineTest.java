package io.hanse.cli.program;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.io.IOException;
import java.time.Instant;
import java.util.TimeZone;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The library's own pattern says what a line has to look like. */
class LogLineTest {
  private static final String PATTERN =
      "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %logger{20} %msg%n";

  private final LoggerContext context = new LoggerContext();
  private TimeZone before;

  @BeforeEach
  void keepZone() {
    before = TimeZone.getDefault();
  }

  @AfterEach
  void giveZoneBack() {
    TimeZone.setDefault(before);
  }

  @ParameterizedTest
  @CsvSource({
    "UTC, 2026-11-26T23:59:59.999Z, INFO, io.hanse.raft.Replication",
    "Europe/Berlin, 2026-03-29T00:59:59.001Z, WARN, io.hanse.cli.agent.AgentAssembly",
    "Europe/Berlin, 2026-03-29T01:00:00Z, ERROR, x",
    "Asia/Kolkata, 2026-01-01T00:00:00.100Z, DEBUG, org.apache.ratis.server.RaftServer$Division",
    "America/St_Johns, 1969-12-31T23:59:59.5Z, TRACE, a.b",
  })
  void shouldLookLikeThePattern(String zone, String time, String level, String logger) {
    TimeZone.setDefault(TimeZone.getTimeZone(zone));
    PatternLayout pattern = new PatternLayout();
    pattern.setContext(context);
    pattern.setPattern(PATTERN);
    pattern.start();
    LogLine line = new LogLine();
    line.setContext(context);
    line.start();
    for (Throwable thrown :
        new Throwable[] {null, new IllegalStateException("why", new IOException("cause"))}) {
      LoggingEvent event =
          new LoggingEvent(
              "fqcn",
              context.getLogger(logger),
              Level.toLevel(level),
              "from={} to={}",
              thrown,
              new Object[] {1, "b"});
      event.setInstant(Instant.parse(time));
      assertThat(line.doLayout(event)).isEqualTo(pattern.doLayout(event));
    }
  }
}
