package io.hanse.jepsen.faults;

import io.hanse.jepsen.lab.Cluster;
import io.hanse.jepsen.lab.ServerProcess;
import java.util.List;
import java.util.Locale;

/** Chooses whom a fault meets. */
final class Targets {
  private Targets() {}

  /** Whoever leads; the first server where nobody does. */
  static ServerProcess leader(Cluster cluster) {
    return cluster.leader().orElse(cluster.servers().get(0));
  }

  /** One of the others. */
  static ServerProcess follower(Cluster cluster, int draw) {
    ServerProcess leader = leader(cluster);
    List<ServerProcess> others =
        cluster.servers().stream().filter(server -> server != leader).toList();
    return others.get(draw % others.size());
  }

  static List<ServerProcess> of(Crash.Victims victims, Cluster cluster, int draw) {
    return switch (victims) {
      case LEADER -> List.of(leader(cluster));
      case FOLLOWER -> List.of(follower(cluster, draw));
      case ALL -> cluster.servers();
    };
  }

  static String words(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
