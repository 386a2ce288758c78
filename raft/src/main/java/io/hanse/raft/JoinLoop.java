package io.hanse.raft;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes the steps of {@link Bootstrap} on their thread, one after the other, until it ends. */
final class JoinLoop {
  private static final Logger LOG = LoggerFactory.getLogger(JoinLoop.class);

  private final Bootstrap bootstrap;
  private final ScheduledExecutorService thread;
  private final AtomicBoolean isStepAsked = new AtomicBoolean();

  /** In a row. Of the thread only. */
  private int failures;

  JoinLoop(Bootstrap bootstrap, ScheduledExecutorService thread) {
    this.bootstrap = bootstrap;
    this.thread = thread;
  }

  void begin() {
    thread.execute(this::run);
  }

  private void run() {
    try {
      bootstrap.step();
      failures = 0;
    } catch (RuntimeException e) {
      if (failures++ == 0) {
        LOG.warn("the join exchange failed and will be tried again", e);
      }
    }
    if (!thread.isShutdown()) {
      thread.schedule(this::run, bootstrap.pause().toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /** Once more before the next is due, however often this is asked for meanwhile. */
  void stepSoon() {
    if (isStepAsked.compareAndSet(false, true)) {
      thread.execute(
          () -> {
            isStepAsked.set(false);
            bootstrap.step();
          });
    }
  }
}
