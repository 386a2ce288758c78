package io.hanse.fsm.port;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class GuardedTaskTest {
  private final List<Throwable> failures = new ArrayList<>();

  @Test
  void shouldBeRepeatedAfterAnErrorAsAfterAnException() throws Exception {
    CountDownLatch turns = new CountDownLatch(4);
    Runnable task =
        () -> {
          turns.countDown();
          if (turns.getCount() % 2 == 1) {
            throw new NoClassDefFoundError("a class that nobody missed");
          }
          throw new IllegalStateException("a mistake");
        };
    ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    try {
      timer.scheduleWithFixedDelay(
          new GuardedTask(task, failures::add), 0, 1, TimeUnit.MILLISECONDS);
      assertThat(turns.await(30, TimeUnit.SECONDS)).isTrue();
    } finally {
      timer.shutdownNow();
      assertThat(timer.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(failures)
        .hasSizeGreaterThanOrEqualTo(4)
        .hasOnlyElementsOfTypes(NoClassDefFoundError.class, IllegalStateException.class);
  }

  @Test
  void shouldTellNothingOfSuccess() {
    new GuardedTask(() -> {}, failures::add).run();
    assertThat(failures).isEmpty();
  }
}
