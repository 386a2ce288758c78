package io.hanse.jepsen.faults;

import io.hanse.jepsen.lab.Cluster;
import io.hanse.jepsen.lab.ServerProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Makes the wall clock of each server wrong: from some milliseconds to minutes, to either side. */
final class ClockJump implements Nemesis {
  private static final double SHORTEST_MILLIS = 11;

  /** The longest is the shortest, doubled so often: 180 s. */
  private static final int DOUBLINGS = 14;

  private final SplittableRandom random;
  private final List<Duration> jumps = new ArrayList<>();

  ClockJump(SplittableRandom random) {
    this.random = random;
  }

  @Override
  public void begin(Cluster cluster) {
    for (ServerProcess server : cluster.servers()) {
      double millis = SHORTEST_MILLIS * Math.pow(2, random.nextDouble() * DOUBLINGS);
      Duration jump = Duration.ofMillis((long) (random.nextBoolean() ? millis : -millis));
      jumps.add(jump);
      server.shim().orElseThrow().turn(jump);
    }
  }

  @Override
  public boolean isFelt(Cluster cluster) {
    return cluster.servers().stream().allMatch(server -> server.shim().orElseThrow().looks() > 0);
  }

  @Override
  public void end(Cluster cluster) {
    for (ServerProcess server : cluster.servers()) {
      server.shim().orElseThrow().turn(Duration.ZERO);
    }
  }

  @Override
  public String toString() {
    return "clocks jump by " + jumps;
  }
}
