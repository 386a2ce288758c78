package io.hanse.cli.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AgentThreadsTest {
  private final CountDownLatch begun = new CountDownLatch(2);
  private final CountDownLatch told = new CountDownLatch(2);
  private final CountDownLatch mayEnd = new CountDownLatch(1);
  private final CountDownLatch over = new CountDownLatch(2);

  /** What is registered, and the keyring: the directory may be removed, or be another's. */
  @Test
  void shouldWaitUntilNobodyWritesAnyMore() throws Exception {
    AgentThreads threads = new AgentThreads();
    for (ExecutorService writer : List.of(threads.agent(), threads.background())) {
      writer.execute(this::write);
    }
    begun.await();

    CompletableFuture<Long> leftAtReturn =
        CompletableFuture.supplyAsync(
            () -> {
              threads.close();
              return over.getCount();
            });
    told.await();
    mayEnd.countDown();

    assertThat(leftAtReturn.get(30, TimeUnit.SECONDS)).isZero();
  }

  /** Goes on after it was told to end, until the test lets it. */
  private void write() {
    begun.countDown();
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      told.countDown();
      awaitQuietly(mayEnd);
      over.countDown();
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
