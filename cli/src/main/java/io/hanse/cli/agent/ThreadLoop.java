package io.hanse.cli.agent;

import io.hanse.peering.replication.Loop;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * A loop that is a thread with other work besides.
 *
 * @param thread has one thread
 */
record ThreadLoop(ScheduledExecutorService thread) implements Loop {
  @Override
  public void execute(Runnable task) {
    thread.execute(task);
  }

  @Override
  public Runnable after(long delayMillis, Runnable task) {
    Future<?> timer = thread.schedule(task, delayMillis, TimeUnit.MILLISECONDS);
    return () -> timer.cancel(false);
  }

  @Override
  public long nowMillis() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }
}
