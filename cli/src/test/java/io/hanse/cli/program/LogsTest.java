package io.hanse.cli.program;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.FilterReply;
import io.hanse.cli.agent.warmup.WarmUp;
import io.hanse.peering.replication.PeerSupervisor;
import org.junit.jupiter.api.Test;

class LogsTest {
  private final LoggerContext context = new LoggerContext();
  private final ConsoleAppender<ILoggingEvent> console = Logs.console(context);

  @Test
  void shouldKeepThePeersOfAWarmUpFromTheLog() {
    assertThat(console.isStarted()).isTrue();
    assertThat(reply(WarmUp.THREAD, PeerSupervisor.class)).isEqualTo(FilterReply.DENY);
    assertThat(reply(WarmUp.THREAD, WarmUp.class)).isNotEqualTo(FilterReply.DENY);
    assertThat(reply("peering", PeerSupervisor.class)).isNotEqualTo(FilterReply.DENY);
  }

  private FilterReply reply(String thread, Class<?> from) {
    LoggingEvent event =
        new LoggingEvent("", context.getLogger(from), Level.ERROR, "a line", null, null);
    event.setThreadName(thread);
    return console.getFilterChainDecision(event);
  }
}
