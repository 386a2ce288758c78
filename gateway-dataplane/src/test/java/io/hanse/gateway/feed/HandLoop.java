package io.hanse.gateway.feed;

import io.hanse.peering.replication.Loop;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;

/** Runs what is due when it is told to. */
final class HandLoop implements Loop {
  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private final Queue<Timer> timers = new PriorityQueue<>(Comparator.comparing(Timer::millis));
  private long now = 1;

  private record Timer(long millis, Runnable task) {}

  @Override
  public synchronized void execute(Runnable task) {
    tasks.add(task);
  }

  @Override
  public synchronized Runnable after(long delayMillis, Runnable task) {
    Timer timer = new Timer(now + delayMillis, task);
    timers.add(timer);
    return () -> timers.remove(timer);
  }

  /** Lets the time pass until the next timer, and answers how much that was. */
  synchronized long pass() {
    Timer timer = timers.remove();
    long passed = Math.max(0, timer.millis() - now);
    now += passed;
    tasks.add(timer.task());
    return passed;
  }

  @Override
  public synchronized long nowMillis() {
    return now;
  }

  private synchronized Runnable next() {
    return tasks.poll();
  }

  void runNext() {
    Runnable task = next();
    if (task != null) {
      task.run();
    }
  }

  void run() {
    for (Runnable task = next(); task != null; task = next()) {
      task.run();
    }
  }
}
