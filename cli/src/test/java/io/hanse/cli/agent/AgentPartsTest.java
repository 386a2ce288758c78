package io.hanse.cli.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AgentPartsTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  private final List<String> ended = new CopyOnWriteArrayList<>();
  private final CountDownLatch mayEnd = new CountDownLatch(1);

  @AfterEach
  void letEnd() {
    mayEnd.countDown();
  }

  private AutoCloseable begin(AgentParts parts, String name) {
    return parts.begin(name, () -> ended.add(name));
  }

  @Test
  void shouldEndInTheReverseOrder() throws Exception {
    AgentParts parts = new AgentParts(LONG);
    begin(parts, "lock");
    begin(parts, "store");
    AutoCloseable http = begin(parts, "http");
    begin(parts, "tasks");
    parts.endFirst(http);
    assertThat(parts.names()).containsExactly("http", "tasks", "store", "lock");

    parts.close();
    parts.close();

    assertThat(ended).containsExactly("http", "tasks", "store", "lock");
  }

  @Test
  void shouldEndTheOthersWhereOneFails() throws Exception {
    AgentParts parts = new AgentParts(LONG);
    begin(parts, "lock");
    parts.begin(
        "store",
        () -> {
          throw new IllegalStateException("broken");
        });
    begin(parts, "http");

    parts.close();

    assertThat(ended).containsExactly("http", "lock");
  }

  @Test
  void shouldTakeNothingAwayFromAPartThatGoesOn() {
    AgentParts parts = new AgentParts(Duration.ofMillis(1));
    begin(parts, "lock");
    parts.begin("http", mayEnd::await);

    assertThatThrownBy(parts::close)
        .isInstanceOf(AgentParts.GoesOnException.class)
        .hasMessageContaining("http goes on")
        .hasMessageContaining("[lock]");
    assertThat(ended).isEmpty();
  }

  /** What is read of a closed store is memory that was freed; the directory may be another's. */
  @Test
  void shouldTakeNothingAwayFromAThreadThatWorks() throws Exception {
    AgentThreads threads = new AgentThreads(Duration.ZERO);
    CountDownLatch begun = new CountDownLatch(1);
    threads
        .background()
        .execute(
            () -> {
              begun.countDown();
              awaitDespiteInterrupts(mayEnd);
            });
    begun.await();
    AgentParts parts = new AgentParts(LONG);
    begin(parts, "lock");
    begin(parts, "store");
    parts.begin("threads", threads);

    assertThatThrownBy(parts::close)
        .hasMessageContaining("threads goes on")
        .hasMessageContaining("[store, lock]");
    assertThat(ended).isEmpty();
  }

  /** As a write to the disk does. */
  private static void awaitDespiteInterrupts(CountDownLatch latch) {
    while (latch.getCount() > 0) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        // Told to stop: not before it is over.
      }
    }
  }

  /** Whoever stops the agent may be in a hurry; its leadership is handed over all the same. */
  @Test
  void shouldEndForAThreadThatIsInterrupted() throws Exception {
    AgentParts parts = new AgentParts(LONG);
    begin(parts, "lock");
    begin(parts, "http");
    Thread.currentThread().interrupt();

    parts.close();

    assertThat(Thread.interrupted()).isTrue();
    assertThat(ended).containsExactly("http", "lock");
  }
}
