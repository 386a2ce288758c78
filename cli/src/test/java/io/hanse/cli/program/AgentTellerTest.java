package io.hanse.cli.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What is told to an agent that takes its time. */
class AgentTellerTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final AgentTeller agent = new AgentTeller(() -> "web-sidecar-proxy");
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

  /** As what was told last is what holds. */
  @Test
  void shouldTellInTheOrderInWhichItWasBegun() {
    List<String> told = new CopyOnWriteArrayList<>();
    List<CompletableFuture<Boolean>> all = new ArrayList<>();
    List<String> words = List.of("first", "second", "third", "fourth", "fifth");
    all.add(agent.begin("awaited", this::awaitAnswer));
    awaitWaiting("awaited");
    for (String word : words) {
      all.add(agent.begin(word, () -> told.add(word)));
      awaitWaiting(word);
    }
    answered.countDown();
    assertThat(all).allSatisfy(each -> assertThat(each).succeedsWithin(PATIENCE));
    assertThat(told).isEqualTo(words);
  }

  private static void awaitWaiting(String thread) {
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                Thread.getAllStackTraces().keySet().stream()
                    .anyMatch(each -> each.getName().equals(thread) && isWaiting(each)));
  }

  private static boolean isWaiting(Thread thread) {
    return thread.getState() == Thread.State.WAITING || thread.getState() == Thread.State.BLOCKED;
  }
}
