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
   * @param only what a fault's name must contain, one of these; empty: all are drawn
   */
  public static List<Nemesis> draw(
      long seed, int count, boolean cuts, boolean shims, List<String> only) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Nemesis> schedule = new ArrayList<>();
    while (schedule.size() < count) {
      List<Nemesis> round = round(random, cuts, shims);
      round.removeIf(
          nemesis -> !only.isEmpty() && only.stream().noneMatch(nemesis.toString()::contains));
      if (round.isEmpty()) {
        throw new IllegalArgumentException("no fault is named like any of " + only);
      }
      while (!round.isEmpty() && schedule.size() < count) {
        schedule.add(round.remove(random.nextInt(round.size())));
      }
    }
    return schedule;
  }

  private static List<Nemesis> round(SplittableRandom random, boolean cuts, boolean shims) {
    List<Nemesis> round = new ArrayList<>();
    for (Crash.Victims victims : Crash.Victims.values()) {
      round.add(new Crash(victims, draw(random)));
    }
    round.add(new Pause());
    round.add(new FlippedLog(draw(random)));
    for (DamagedSnapshot.Which which : DamagedSnapshot.Which.values()) {
      round.add(new DamagedSnapshot(which, draw(random)));
    }
    for (Replacement.Loss loss : Replacement.Loss.values()) {
      round.add(new Replacement(loss, draw(random)));
    }
    if (cuts) {
      for (Partition.Shape shape : Partition.Shape.values()) {
        round.add(new Partition(shape, draw(random)));
      }
    }
    if (shims) {
      round.add(new ClockJump(random.split()));
      for (DiskFault.Kind kind : DiskFault.Kind.values()) {
        round.add(new DiskFault(kind, random.nextBoolean(), draw(random)));
      }
      for (Crash.Victims victims : Crash.Victims.values()) {
        round.add(new PowerCut(victims, random.split()));
      }
    }
    return round;
  }

  private static int draw(SplittableRandom random) {
    return random.nextInt(Integer.MAX_VALUE);
  }
}
