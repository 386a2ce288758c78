package io.hanse.cli.demo;

import java.time.Duration;
import java.util.List;

/** How the servers start, and what all processes took at the end. */
final class ClusterScenes {
  private static final Duration START = Duration.ofSeconds(60);
  private static final long SERVER_MEGABYTES_MAX = 400;
  private static final long PROXY_MEGABYTES_MAX = 150;

  private ClusterScenes() {}

  static void start(Stage stage) {
    List<DemoCluster> clusters = List.of(stage.alpha, stage.beta);
    for (DemoCluster cluster : clusters) {
      for (DemoServer server : cluster.servers()) {
        stage.scene.start(server.process());
        stage
            .narrator()
            .did(
                "hanse agent -server -config-file "
                    + stage.scene.path(server.name() + ".hcl")
                    + " &",
                "");
      }
    }
    for (DemoCluster cluster : clusters) {
      DemoServer first = cluster.servers().get(0);
      DemoServer leader =
          stage.scene.await(
              cluster.name() + " has no leader", START, first.process(), cluster::leader);
      // Each of them must know the others before services are registered with it.
      for (DemoServer server : cluster.servers()) {
        stage.scene.awaitTrue(
            server.name() + " does not see three members that are alive",
            START,
            server.process(),
            () -> aliveMembers(server) == cluster.servers().size());
      }
      stage.narrator().saw(cluster.name() + " is led by " + leader.name());
      stage.scene.hanse(first, "members");
      stage.scene.hanse(first, "operator raft list-peers");
    }
  }

  private static long aliveMembers(DemoServer server) {
    return server.api().get("/v1/agent/members").orFail().json().items().stream()
        .filter(member -> member.at("Status").whole() == 1)
        .count();
  }

  static void resources(Stage stage) {
    for (ManagedProcess process : stage.scene.processes()) {
      boolean server =
          stage.alpha.servers().stream().anyMatch(each -> each.process() == process)
              || stage.beta.servers().stream().anyMatch(each -> each.process() == process);
      long limit = server ? SERVER_MEGABYTES_MAX : PROXY_MEGABYTES_MAX;
      long megabytes = process.residentMegabytes();
      stage
          .narrator()
          .saw(
              String.format(
                  "%-18s %4d MB of memory (at most %d)", process.name(), megabytes, limit));
      if (megabytes > limit) {
        throw new DemoFailure(
            process.name() + " occupies " + megabytes + " MB, more than " + limit, process);
      }
    }
  }
}
