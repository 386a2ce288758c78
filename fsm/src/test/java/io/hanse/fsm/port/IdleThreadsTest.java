package io.hanse.fsm.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class IdleThreadsTest {
  @Test
  void shouldKeepNeitherTheProcessNorThreadsWithoutWork() throws Exception {
    ThreadPoolExecutor pool = IdleThreads.of("idle", 1);
    try {
      Thread thread =
          CompletableFuture.supplyAsync(Thread::currentThread, pool).get(20, TimeUnit.SECONDS);
      assertThat(thread.isDaemon()).isTrue();
      assertThat(thread.getName()).isEqualTo("idle");
      pool.setKeepAliveTime(1, TimeUnit.MILLISECONDS);
      thread.join(20_000);
      assertThat(thread.isAlive()).isFalse();
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void shouldHaveWhatIsMoreWaitUpToABound() throws Exception {
    CountDownLatch mayEnd = new CountDownLatch(1);
    ThreadPoolExecutor pool = IdleThreads.of("idle", 2, 1);
    Runnable task =
        () -> {
          try {
            mayEnd.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        };
    try {
      for (int i = 0; i < 3; i++) {
        pool.execute(task);
      }
      assertThat(pool.getPoolSize()).isEqualTo(2);
      assertThatThrownBy(() -> pool.execute(task)).isInstanceOf(RejectedExecutionException.class);
      mayEnd.countDown();
      pool.shutdown();
      assertThat(pool.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
      assertThat(pool.getCompletedTaskCount()).isEqualTo(3);
    } finally {
      mayEnd.countDown();
      pool.shutdownNow();
    }
  }
}
