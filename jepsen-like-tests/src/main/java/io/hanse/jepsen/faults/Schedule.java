package io.hanse.jepsen.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Draws faults from a seed: each kind once, in some order, before any comes again. */
public final class Schedule {
  private Schedule() {}

  /**
   * So many faults.
   *
   * @param cuts whether the cluster's network can be cut
   * @param shims whether the servers' disks can be made to fail, and their clocks wrong
   */
  public static List<Nemesis> draw(long seed, int count, boolean cuts, boolean shims) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Nemesis> schedule = new ArrayList<>();
    while (schedule.size() < count) {
      List<Nemesis> round = new ArrayList<>();
      for (Crash.Victims victims : Crash.Victims.values()) {
        round.add(new Crash(victims, random.nextInt(Integer.MAX_VALUE)));
      }
      round.add(new Pause());
      if (cuts) {
        for (Partition.Shape shape : Partition.Shape.values()) {
          round.add(new Partition(shape, random.nextInt(Integer.MAX_VALUE)));
        }
      }
      if (shims) {
        round.add(new ClockJump(random.split()));
        for (DiskFault.Kind kind : DiskFault.Kind.values()) {
          round.add(new DiskFault(kind, random.nextBoolean(), random.nextInt(Integer.MAX_VALUE)));
        }
      }
      while (!round.isEmpty() && schedule.size() < count) {
        schedule.add(round.remove(random.nextInt(round.size())));
      }
    }
    return schedule;
  }
}
