package io.hanse.peering.replication;

import java.util.ArrayDeque;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.SplittableRandom;

/**
 * Virtual time and chance of one simulation, and its only source of order: what is due at the same
 * time happens in an order that the seed decides, except within one loop.
 */
final class SimTime implements Loops {
  private record Event(long millis, long order, long sequence, Runnable task)
      implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      int byTime = Long.compare(millis, other.millis);
      int byOrder = byTime != 0 ? byTime : Long.compare(order, other.order);
      return byOrder != 0 ? byOrder : Long.compare(sequence, other.sequence);
    }
  }

  final SplittableRandom random;
  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private long now = 1_700_000_000_000L;
  private long sequences;
  private boolean carriesOn;

  SimTime(long seed) {
    random = new SplittableRandom(seed);
  }

  long nowMillis() {
    return now;
  }

  /** What follows goes on after a task that broke off, as on loops of the program. */
  void carryOn(boolean isSo) {
    carriesOn = isSo;
  }

  void after(long delayMillis, Runnable task) {
    events.add(new Event(now + delayMillis, random.nextInt(1_000), sequences++, task));
  }

  void runFor(long millis) {
    long until = now + millis;
    while (!events.isEmpty() && events.peek().millis() <= until) {
      Event event = events.poll();
      now = Math.max(now, event.millis());
      carryOut(event.task());
    }
    now = until;
  }

  private void carryOut(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | LinkageError e) {
      if (!carriesOn) {
        throw e;
      }
    }
  }

  /** Nothing runs meanwhile, and what was due does so afterwards. */
  void standStill(long millis) {
    now += millis;
  }

  boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  @Override
  public Loop newLoop() {
    return new SimLoop();
  }

  private final class SimLoop implements Loop {
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private boolean scheduled;

    @Override
    public void execute(Runnable task) {
      tasks.add(task);
      if (!scheduled) {
        scheduled = true;
        SimTime.this.after(0, this::run);
      }
    }

    private void run() {
      Runnable task = tasks.poll();
      scheduled = !tasks.isEmpty();
      if (scheduled) {
        SimTime.this.after(0, this::run);
      }
      if (task != null) {
        task.run();
      }
    }

    @Override
    public Runnable after(long delayMillis, Runnable task) {
      boolean[] cancelled = {false};
      SimTime.this.after(
          delayMillis,
          () -> {
            if (!cancelled[0]) {
              execute(task);
            }
          });
      return () -> cancelled[0] = true;
    }

    @Override
    public long nowMillis() {
      return now;
    }
  }
}
