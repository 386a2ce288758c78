package io.hanse.cli.demo;

import io.hanse.cli.value.Value;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What happens when a leader dies, and when a gateway is restarted. */
final class FailureScenes {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final Duration RESTART = Duration.ofSeconds(60);

  /** As many of each before something is broken that a gap can be seen. */
  private static final int WARM_UP = 10;

  private FailureScenes() {}

  static void killLeader(Stage stage) {
    DemoServer home = stage.alphaHome();
    DemoServer leader = leader(stage);
    DemoServer victim = stage.alpha.other(home, leader);
    Value peering = peering(home);
    try (Load load = new Load(stage)) {
      awaitProgress(stage, load);
      if (leader.equals(home)) {
        victim = stage.alpha.other(home);
      }
      stage.scene.hanse(
          home, "operator raft transfer-leader", "-id=" + stage.alpha.raftId(victim, home));
      awaitLeader(stage, victim);
      stage.narrator().saw(victim.name() + " leads now; no service is registered with it");

      stage.narrator().did("kill -9 " + victim.process().pid(), "");
      victim.process().kill();
      DemoServer killed = victim;
      DemoServer next =
          stage.scene.await(
              "alpha has no new leader",
              SOON,
              home.process(),
              () -> stage.alpha.leader().filter(server -> !server.equals(killed)));
      stage.narrator().saw(next.name() + " leads now");
      awaitProgress(stage, load);
      exportAnother(stage);

      stage.scene.start(victim.process());
      stage
          .narrator()
          .did(
              "hanse agent -server -config-file " + stage.scene.path(victim.name() + ".hcl") + " &",
              "");
      load.finish();
      judge(stage, load, victim);
    }
    PeeringScenes.awaitState(stage, home, "beta", "ACTIVE");
    if (!peering(home).at("ID").equals(peering.at("ID"))) {
      throw new DemoFailure("the peering is another one than before", home.process());
    }
    stage.narrator().saw("the peering went on untouched, id " + peering.at("ID").text());
  }

  private static DemoServer leader(Stage stage) {
    return stage.scene.await(
        "alpha has no leader", SOON, stage.alphaHome().process(), stage.alpha::leader);
  }

  private static void awaitLeader(Stage stage, DemoServer wanted) {
    stage.scene.awaitTrue(
        wanted.name() + " does not lead",
        SOON,
        wanted.process(),
        () -> stage.alpha.leader().filter(wanted::equals).isPresent());
  }

  private static void awaitProgress(Stage stage, Load load) {
    int requests = load.requestsSoFar() + WARM_UP;
    int writes = load.writesSoFar() + WARM_UP;
    stage.scene.awaitTrue(
        "requests and writes do not go on",
        SOON,
        stage.alphaHome().process(),
        () -> load.requestsSoFar() >= requests && load.writesSoFar() >= writes);
  }

  private static Value peering(DemoServer server) {
    return server.api().get("/v1/peering/beta").orFail().json();
  }

  /** A service that beta has never heard of, offered by the new leader. */
  private static void exportAnother(Stage stage) {
    Path file = stage.scene.path("reports.hcl");
    DemoCluster.write(
        file,
        """
        service {
          name    = "reports"
          address = "127.0.0.1"
          port    = 9
        }
        """);
    stage.scene.hanse(stage.alphaHome(), "services register", file.toString());
    stage.scene.hanse(
        stage.alphaHome(), "services export", "-name=reports", "-consumer-peers=beta");
    List<String> seen =
        stage.scene.await(
            "the new export does not arrive",
            SOON,
            stage.betaHome().process(),
            () -> Optional.of(stage.imported("reports")).filter(list -> !list.isEmpty()));
    stage
        .narrator()
        .did(
            "curl '" + stage.betaHome().url(Stage.importedPath("reports")) + "'",
            String.join("\n", seen));
  }

  private static void judge(Stage stage, Load load, DemoServer restarted) {
    Map<String, String> missing = load.missingAt(stage.alphaHome(), false);
    if (!missing.isEmpty()) {
      throw new DemoFailure(
          missing.size()
              + " acknowledged writes are lost, among them "
              + missing.keySet().stream().findFirst().orElse(""),
          stage.alphaHome().process());
    }
    stage.scene.awaitTrue(
        restarted.name() + " does not catch up",
        RESTART,
        restarted.process(),
        () -> load.missingAt(restarted, true).isEmpty());
    stage
        .narrator()
        .saw(
            load.writesSoFar()
                + " writes acknowledged, none lost; the longest gap between two "
                + load.writes().longestMillis()
                + " ms");
    stage
        .narrator()
        .saw(
            load.requestsSoFar()
                + " requests answered, "
                + load.failedRequests()
                + " failed; the longest gap between two "
                + load.requests().longestMillis()
                + " ms");
    stage.narrator().saw(restarted.name() + " is back and has all of them");
  }

  static void restartGateway(Stage stage) {
    ManagedProcess gateway = stage.process(stage.alphaGateway.name());
    stage.narrator().did("kill " + gateway.pid(), "");
    gateway.askToStop();
    gateway.awaitStop();
    stage.scene.start(gateway);
    stage.narrator().did("hanse gateway … &", "");
    MeshScenes.awaitReady(stage, stage.alphaGateway);
    String answer =
        stage.scene.await(
            "requests fail after the restart", SOON, gateway, () -> Optional.of(stage.request()));
    stage.narrator().did(stage.requestCommand(), answer);
  }
}
