package io.hanse.cli.agent;

import static org.awaitility.Awaitility.await;

import io.hanse.http.LocalCluster;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LeaderTasksTest {
  private final LocalCluster cluster = new LocalCluster();
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final LeaderTasks tasks = new LeaderTasks(cluster, timer);
  private final AtomicInteger runs = new AtomicInteger();

  @AfterEach
  void close() {
    timer.shutdownNow();
    cluster.close();
  }

  private CompletableFuture<?> breakOff() {
    runs.incrementAndGet();
    throw new NoClassDefFoundError("a class that nobody missed");
  }

  @Test
  void shouldTryAgainAfterAnError() {
    tasks.onLeading("once", this::breakOff);
    await().until(() -> runs.get() >= 2);
  }

  @Test
  void shouldRepeatAfterAnError() {
    tasks.whileLeading("from time to time", Duration.ofMillis(1), this::breakOff);
    await().until(() -> runs.get() >= 3);
  }
}
