package io.hanse.cli.agent;

import io.hanse.peering.replication.Loop;
import java.util.TreeMap;

/** A clock that moves when it is told to, and runs what is due in its order. */
final class VirtualTime implements Loop {
  private record At(long millis, long number) implements Comparable<At> {
    @Override
    public int compareTo(At other) {
      int byTime = Long.compare(millis, other.millis);
      return byTime != 0 ? byTime : Long.compare(number, other.number);
    }
  }

  private final TreeMap<At, Runnable> tasks = new TreeMap<>();
  private long now = 1_000_000;
  private long number;

  @Override
  public void execute(Runnable task) {
    after(0, task);
  }

  @Override
  public Runnable after(long delayMillis, Runnable task) {
    At at = new At(now + Math.max(0, delayMillis), number++);
    tasks.put(at, task);
    return () -> tasks.remove(at);
  }

  @Override
  public long nowMillis() {
    return now;
  }

  /** Runs all that is due now. */
  void run() {
    pass(0);
  }

  /** Nothing runs meanwhile, and what was due does so afterwards. */
  void standStill(long millis) {
    now += millis;
  }

  void pass(long millis) {
    long end = now + millis;
    while (!tasks.isEmpty() && tasks.firstKey().millis() <= end) {
      now = Math.max(now, tasks.firstKey().millis());
      tasks.pollFirstEntry().getValue().run();
    }
    now = end;
  }
}
