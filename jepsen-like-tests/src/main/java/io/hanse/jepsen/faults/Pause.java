package io.hanse.jepsen.faults;

import io.hanse.jepsen.lab.Cluster;
import io.hanse.jepsen.lab.ServerProcess;
import java.io.IOException;

/** SIGSTOP to whoever leads: when it goes on, it believes to lead still. */
final class Pause implements Nemesis {
  @Override
  public void begin(Cluster cluster) throws IOException, InterruptedException {
    Targets.leader(cluster).pause();
  }

  @Override
  public boolean isFelt(Cluster cluster) {
    return !cluster.servers().stream().allMatch(cluster::answers);
  }

  @Override
  public void end(Cluster cluster) throws IOException, InterruptedException {
    for (ServerProcess server : cluster.servers()) {
      server.resume();
    }
  }

  @Override
  public String toString() {
    return "pause leader";
  }
}
