package io.hanse.fsm.port;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PoolShutdownTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  private final ExecutorService idle = Executors.newSingleThreadExecutor();
  private final ExecutorService busy = Executors.newSingleThreadExecutor();
  private final CountDownLatch told = new CountDownLatch(1);
  private final CountDownLatch mayEnd = new CountDownLatch(1);
  private final CountDownLatch over = new CountDownLatch(1);

  @AfterEach
  void letEnd() {
    mayEnd.countDown();
  }

  private void shutDownAtWork() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    busy.execute(
        () -> {
          begun.countDown();
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            told.countDown();
            awaitDespiteInterrupts(mayEnd);
            over.countDown();
          }
        });
    begun.await();
    idle.shutdownNow();
    busy.shutdownNow();
    told.await();
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

  @Test
  void shouldWaitForTheLastTaskOfAll() throws Exception {
    shutDownAtWork();
    CompletableFuture<Boolean> answer =
        CompletableFuture.supplyAsync(
            () -> PoolShutdown.isOver(LONG, idle, busy) && over.getCount() == 0);
    mayEnd.countDown();

    assertThat(answer.get(30, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void shouldNotWaitForEver() throws Exception {
    shutDownAtWork();

    assertThat(PoolShutdown.isOver(Duration.ZERO, idle, busy)).isFalse();
  }

  @Test
  void shouldLeaveTheWordToStopToWhoeverAsked() throws Exception {
    shutDownAtWork();
    Thread.currentThread().interrupt();

    assertThat(PoolShutdown.isOver(LONG, busy)).isFalse();
    assertThat(Thread.interrupted()).isTrue();
  }
}
