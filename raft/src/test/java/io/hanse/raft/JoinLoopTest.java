package io.hanse.raft;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class JoinLoopTest {
  private final ScheduledExecutorService thread = RaftThreads.timer("join");
  private final AtomicInteger steps = new AtomicInteger();

  @AfterEach
  void close() {
    thread.shutdownNow();
  }

  private static void breakOff() {
    throw new NoClassDefFoundError("a class that nobody missed");
  }

  /** Else a server that is to be taken in would never ask for it again. */
  @Test
  void shouldGoOnAfterAnError() {
    Runnable step =
        () -> {
          if (steps.incrementAndGet() == 1) {
            breakOff();
          }
        };
    new JoinLoop(step, () -> Duration.ofMillis(1), thread).begin();
    await().until(() -> steps.get() >= 3);
  }

  @Test
  void shouldGoOnWhereNobodyCanSayHowLongToWait() {
    JoinLoop loop =
        new JoinLoop(
            steps::incrementAndGet,
            () -> {
              if (steps.get() == 1) {
                breakOff();
              }
              return Duration.ofMillis(1);
            },
            thread);
    loop.begin();
    await().until(() -> steps.get() >= 3);
  }
}
