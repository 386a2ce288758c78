package io.hanse.cli.demo;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** Who may call whom, the way that calls take, and what illness does to it. */
final class TrafficScenes {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final int REQUESTS = 20;

  private TrafficScenes() {}

  static void intend(Stage stage) {
    ManagedProcess frontend = stage.process(stage.frontend.name());
    String denial =
        stage.scene.await(
            "no sidecar of backend refused the request by its intentions",
            SOON,
            frontend,
            () -> denial(stage));
    stage.narrator().did(stage.requestCommand(), "(closed without an answer)");
    stage.narrator().saw("the sidecar of backend says: " + denial);

    Path file = stage.scene.path("service-intentions.hcl");
    DemoCluster.write(
        file,
        """
        Kind = "service-intentions"
        Name = "backend"
        Sources = [
          { Name = "frontend" Peer = "beta" Action = "allow" },
        ]
        """);
    stage.scene.hanse(stage.alphaHome(), "config write", file.toString());
    String answer =
        stage.scene.await(
            "the request is still refused", SOON, frontend, () -> Optional.of(stage.request()));
    stage.narrator().did(stage.requestCommand(), answer);
    showPath(stage);
  }

  /** Sends a request that must fail, and finds the line that says who refused it. */
  private static Optional<String> denial(Stage stage) {
    try {
      String answer = stage.request();
      throw new DemoFailure(
          "the request was answered without an intention: " + answer,
          stage.process(stage.frontend.name()));
    } catch (IOException e) {
      return stage.instances.stream()
          .flatMap(instance -> stage.accessLog(instance.sidecar()).stream())
          .filter(line -> line.contains("reason=rbac_denied"))
          .findFirst();
    }
  }

  /** Each hop says where it took the connection. */
  private static void showPath(Stage stage) {
    List<Stage.Proxy> hops =
        List.of(
            stage.frontend,
            stage.betaGateway,
            stage.alphaGateway,
            stage.instances.get(0).sidecar(),
            stage.instances.get(1).sidecar());
    for (Stage.Proxy hop : hops) {
      List<String> lines =
          stage.accessLog(hop).stream().filter(line -> line.contains("reason=done")).toList();
      if (!lines.isEmpty()) {
        stage.narrator().saw(hop.name() + ": " + shortened(lines.get(lines.size() - 1)));
      }
    }
  }

  /** Of a line of an access log what tells the way. */
  private static String shortened(String line) {
    return String.join(
        " ",
        List.of(line.split(" ", -1)).stream()
            .filter(word -> word.matches("(requested_server_name|caller|upstream_host)=[^-].*"))
            .toList());
  }

  static void fallIll(Stage stage) {
    AppServer ill = stage.apps.get(0);
    String other = stage.apps.get(1).name();
    ill.setHealthy(false);
    stage.narrator().saw(ill.name() + " answers its check with 500");
    awaitImported(stage, ill.name() + " critical");
    stage
        .narrator()
        .did(
            "curl '" + stage.betaHome().url(Stage.importedPath("backend")) + "'",
            String.join("\n", stage.imported("backend")));
    awaitAnswersFrom(stage, List.of(other));
    stage
        .narrator()
        .did(
            "for i in $(seq " + REQUESTS + "); do " + stage.requestCommand() + "; done",
            tally(stage).toString());

    ill.setHealthy(true);
    awaitImported(stage, ill.name() + " passing");
    awaitAnswersFrom(stage, List.of(ill.name(), other));
    stage.narrator().saw(ill.name() + " is well again: " + tally(stage));
  }

  private static void awaitImported(Stage stage, String summary) {
    stage.scene.awaitTrue(
        "beta does not see \"" + summary + "\"",
        SOON,
        stage.betaHome().process(),
        () -> stage.imported("backend").contains(summary));
  }

  /** All of these answer and nobody else, over as many requests as make it no chance. */
  private static void awaitAnswersFrom(Stage stage, List<String> names) {
    stage.scene.awaitTrue(
        "requests are not answered by just " + names,
        SOON,
        stage.process(stage.alphaGateway.name()),
        () -> {
          Map<String, Integer> tally = tally(stage);
          return tally.keySet().equals(new TreeSet<>(names));
        });
  }

  /** How many of some requests each instance answered. One that fails fails the attempt. */
  private static Map<String, Integer> tally(Stage stage) {
    Map<String, Integer> tally = new TreeMap<>();
    for (int i = 0; i < REQUESTS; i++) {
      try {
        tally.merge(stage.request().replace("hello from ", ""), 1, Integer::sum);
      } catch (IOException e) {
        throw new IllegalStateException("a request failed: " + e.getMessage(), e);
      }
    }
    return tally;
  }
}
