package io.hanse.peering.replication;

import java.util.stream.LongStream;

/** Simulations of many seeds at once: each has a clock, a network and clusters of its own. */
final class SimSeeds {
  /** One simulation. */
  interface Run extends AutoCloseable {
    void play();

    @Override
    void close();
  }

  /** Makes the simulation of a seed. */
  interface Begin {
    Run of(long seed);
  }

  private SimSeeds() {}

  /**
   * Runs the seeds from 1 on, or with {@code -Dsim.seed=N} that one alone; a failure names its
   * seed.
   *
   * @return whether all were run
   */
  static boolean run(int seeds, Begin begin) {
    Long one = Long.getLong("sim.seed");
    LongStream all = one == null ? LongStream.rangeClosed(1, seeds) : LongStream.of(one);
    all.parallel().forEach(seed -> run(seed, begin));
    return one == null;
  }

  private static void run(long seed, Begin begin) {
    try (Run run = begin.of(seed)) {
      run.play();
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError("seed " + seed + " (run again with -Dsim.seed=" + seed + ")", e);
    }
  }
}
