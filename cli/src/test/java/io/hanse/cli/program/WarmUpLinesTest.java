package io.hanse.cli.program;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.spi.FilterReply;
import io.hanse.cli.agent.warmup.WarmUp;
import io.hanse.peering.replication.PeerSupervisor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WarmUpLinesTest {
  @ParameterizedTest
  @CsvSource({"warm-up, true, DENY", "warm-up, false, NEUTRAL", "peering, true, NEUTRAL"})
  void shouldLetAWarmUpSpeakOfItselfAlone(String thread, boolean isOfStreams, FilterReply reply) {
    Class<?> from = isOfStreams ? PeerSupervisor.class : WarmUp.class;
    LoggingEvent event =
        new LoggingEvent(
            "", new LoggerContext().getLogger(from), Level.ERROR, "a line", null, null);
    event.setThreadName(thread);

    assertThat(new WarmUpLines().decide(event)).isEqualTo(reply);
  }
}
