package io.hanse.jepsen.faults;

import io.hanse.jepsen.lab.Cluster;
import io.hanse.jepsen.lab.ServerProcess;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** SIGKILL to some servers; they start again at the end. */
final class Crash implements Nemesis {
  /** Who is killed. */
  enum Victims {
    LEADER,
    FOLLOWER,
    ALL
  }

  private final Victims victims;
  private final int draw;
  private final List<ServerProcess> killed = new ArrayList<>();

  /**
   * @param draw which of the followers
   */
  Crash(Victims victims, int draw) {
    this.victims = victims;
    this.draw = draw;
  }

  @Override
  public void begin(Cluster cluster) throws InterruptedException {
    killed.addAll(Targets.of(victims, cluster, draw));
    for (ServerProcess server : killed) {
      server.kill();
    }
  }

  @Override
  public boolean isFelt(Cluster cluster) {
    return killed.stream().noneMatch(ServerProcess::isRunning);
  }

  @Override
  public void end(Cluster cluster) throws IOException {
    for (ServerProcess server : cluster.servers()) {
      server.start();
    }
  }

  @Override
  public String toString() {
    return "kill " + Targets.words(victims);
  }
}
