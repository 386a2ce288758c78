package io.hanse.raft;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes the steps of {@link Bootstrap} on their thread, one after the other, until it ends. */
final class JoinLoop {
  private static final Logger LOG = LoggerFactory.getLogger(JoinLoop.class);

  /** Before what failed is tried again. */
  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);

  private final Runnable step;
  private final Supplier<Duration> pause;
  private final ScheduledExecutorService thread;
  private final AtomicBoolean isStepAsked = new AtomicBoolean();

  /** In a row. Of the thread only. */
  private int failures;

  JoinLoop(Runnable step, Supplier<Duration> pause, ScheduledExecutorService thread) {
    this.step = step;
    this.pause = pause;
    this.thread = thread;
  }

  void begin() {
    thread.execute(this::run);
  }

  private void run() {
    Duration next = PAUSE_AFTER_FAILURE;
    try {
      step.run();
      next = pause.get();
      failures = 0;
    } catch (RuntimeException | Error e) {
      if (failures++ == 0) {
        LOG.warn("the join exchange failed and will be tried again", e);
      }
    }
    if (!thread.isShutdown()) {
      thread.schedule(this::run, next.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /** Once more before the next is due, however often this is asked for meanwhile. */
  void stepSoon() {
    if (isStepAsked.compareAndSet(false, true)) {
      thread.execute(
          () -> {
            isStepAsked.set(false);
            step.run();
          });
    }
  }
}
