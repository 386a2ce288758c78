package io.hanse.cli.program;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What is told to an agent that takes its time. */
class AgentTellerTest {
  private final AgentTeller agent = new AgentTeller("web-sidecar-proxy");
  private final CountDownLatch answered = new CountDownLatch(1);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger(AgentTeller.class);

  @BeforeEach
  void listen() {
    lines.start();
    logger.addAppender(lines);
  }

  @AfterEach
  void letGo() {
    logger.detachAppender(lines);
    answered.countDown();
  }

  private boolean awaitAnswer() {
    try {
      answered.await();
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  @Test
  void shouldSayThatItGoesOnWithoutAnAnswer() {
    assertThat(agent.tell(this::awaitAnswer)).isFalse();
    assertThat(lines.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly(
            "the agent does not answer, going on without it service=web-sidecar-proxy seconds=3");
  }
}
