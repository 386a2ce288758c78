package io.hanse.jepsen.faults;

import io.hanse.jepsen.lab.Cluster;
import io.hanse.jepsen.lab.Network;
import io.hanse.jepsen.lab.ServerProcess;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Loses what some servers send to some others. */
final class Partition implements Nemesis {
  /** Who hears whom no more. */
  enum Shape {
    /** The leader and the others do not hear each other. */
    LEADER_ALONE,
    FOLLOWER_ALONE,
    /** The leader hears nobody; all hear it. */
    LEADER_DEAF,
    /** Nobody hears the leader; it hears all. */
    LEADER_MUTE,
    /** A follower and the leader do not hear each other; the third hears both. */
    BRIDGE
  }

  private record Cut(int from, int to) {}

  private final Shape shape;
  private final int draw;
  private final List<Cut> cuts = new ArrayList<>();
  private @Nullable ServerProcess before;

  Partition(Shape shape, int draw) {
    this.shape = shape;
    this.draw = draw;
  }

  @Override
  public void begin(Cluster cluster) throws IOException, InterruptedException {
    List<ServerProcess> servers = cluster.servers();
    before = Targets.leader(cluster);
    int leader = servers.indexOf(before);
    int follower = servers.indexOf(Targets.follower(cluster, draw));
    switch (shape) {
      case LEADER_ALONE -> isolate(leader, servers.size(), true, true);
      case FOLLOWER_ALONE -> isolate(follower, servers.size(), true, true);
      case LEADER_DEAF -> isolate(leader, servers.size(), false, true);
      case LEADER_MUTE -> isolate(leader, servers.size(), true, false);
      case BRIDGE -> {
        cuts.add(new Cut(leader, follower));
        cuts.add(new Cut(follower, leader));
      }
    }
    for (Cut cut : cuts) {
      network(cluster).cut(cut.from(), cut.to());
    }
  }

  private void isolate(int one, int size, boolean mute, boolean deaf) {
    for (int other = 0; other < size; other++) {
      if (other != one && mute) {
        cuts.add(new Cut(one, other));
      }
      if (other != one && deaf) {
        cuts.add(new Cut(other, one));
      }
    }
  }

  /** Each shape leaves a server without a majority, or makes a new leader. */
  @Override
  public boolean isFelt(Cluster cluster) {
    return cluster.leader().filter(leader -> leader == before).isEmpty()
        || !cluster.servers().stream().allMatch(cluster::answers);
  }

  @Override
  public void end(Cluster cluster) throws IOException, InterruptedException {
    network(cluster).heal();
  }

  private static Network network(Cluster cluster) {
    return cluster.network().orElseThrow();
  }

  @Override
  public String toString() {
    return "cut " + Targets.words(shape);
  }
}
