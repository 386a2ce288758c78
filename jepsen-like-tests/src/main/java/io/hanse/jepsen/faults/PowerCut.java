package io.hanse.jepsen.faults;

import io.hanse.jepsen.lab.Cluster;
import io.hanse.jepsen.lab.ServerProcess;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Takes the power of some servers at once: what they did not force to the disk is lost, but for
 * some sectors of the log, so that its tail is torn. They start again at the end.
 */
final class PowerCut implements Nemesis {
  private final Crash.Victims victims;
  private final SplittableRandom random;
  private final List<ServerProcess> cut = new ArrayList<>();
  private List<String> losses = List.of();

  PowerCut(Crash.Victims victims, SplittableRandom random) {
    this.victims = victims;
    this.random = random;
  }

  @Override
  public void begin(Cluster cluster) throws IOException, InterruptedException {
    cut.addAll(Targets.of(victims, cluster, random.nextInt(Integer.MAX_VALUE)));
    losses = cluster.cutPower(cut, random);
  }

  @Override
  public boolean isFelt(Cluster cluster) {
    return cut.stream().noneMatch(ServerProcess::isRunning);
  }

  @Override
  public void end(Cluster cluster) throws IOException {
    for (ServerProcess server : cut) {
      server.start();
    }
  }

  @Override
  public String toString() {
    return "power cut of " + Targets.words(victims) + (losses.isEmpty() ? "" : " " + losses);
  }
}
