package io.hanse.cli.agent.warmup;

import io.hanse.peering.replication.Loop;
import io.hanse.peering.replication.Loops;
import java.util.ArrayDeque;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.function.BooleanSupplier;

/**
 * All loops of a warm-up on the thread that runs it, with a clock of its own: where nothing is left
 * to do, the next timer is due.
 */
final class PracticeLoops implements Loops {
  /** One never waits longer than that for what it waits for: days of the clock, no time at all. */
  private static final int TIMERS_IN_A_ROW = 10_000;

  private record Timer(long millis, long number, Runnable task) implements Comparable<Timer> {
    @Override
    public int compareTo(Timer other) {
      int byTime = Long.compare(millis, other.millis);
      return byTime != 0 ? byTime : Long.compare(number, other.number);
    }
  }

  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private final PriorityQueue<Timer> timers = new PriorityQueue<>();
  private final Pace pace;
  private long nowMillis;
  private long timersSet;

  PracticeLoops(Pace pace, long nowMillis) {
    this.pace = pace;
    this.nowMillis = nowMillis;
  }

  long nowMillis() {
    return nowMillis;
  }

  /** Runs what there is to do until nothing is left, and what was waited for has come. */
  void runUntil(BooleanSupplier hasCome) {
    for (int timersRun = 0; timersRun < TIMERS_IN_A_ROW; ) {
      pace.breathe();
      Runnable task = tasks.poll();
      if (task == null && hasCome.getAsBoolean()) {
        return;
      }
      if (task == null) {
        Timer timer = timers.poll();
        if (timer == null) {
          break;
        }
        timersRun++;
        nowMillis = Math.max(nowMillis, timer.millis());
        task = timer.task();
      }
      task.run();
    }
    throw new IllegalStateException("what was practised came to no end");
  }

  @Override
  public Loop newLoop() {
    return new Loop() {
      @Override
      public void execute(Runnable task) {
        tasks.add(task);
      }

      @Override
      public Runnable after(long delayMillis, Runnable task) {
        boolean[] isCancelled = {false};
        Runnable due =
            () -> {
              if (!isCancelled[0]) {
                tasks.add(task);
              }
            };
        timers.add(new Timer(nowMillis + delayMillis, timersSet++, due));
        return () -> isCancelled[0] = true;
      }

      @Override
      public long nowMillis() {
        return nowMillis;
      }
    };
  }
}
