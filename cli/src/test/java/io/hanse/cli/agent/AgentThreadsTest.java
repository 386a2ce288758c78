package io.hanse.cli.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AgentThreadsTest {
  private static final int CALLBACKS = 5_000;

  private final CountDownLatch mayEnd = new CountDownLatch(1);
  private final CountDownLatch ran = new CountDownLatch(CALLBACKS);

  /** A call whose callback is refused never ends. */
  @Test
  void shouldTakeAllCallbacksHoweverManyWait() throws Exception {
    AgentThreads threads = new AgentThreads();
    try {
      for (int i = 0; i < CALLBACKS; i++) {
        threads.workers().execute(this::callBack);
      }
      mayEnd.countDown();
      assertThat(ran.await(30, TimeUnit.SECONDS)).isTrue();
    } finally {
      threads.close();
    }
  }

  private void callBack() {
    try {
      mayEnd.await();
      ran.countDown();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
