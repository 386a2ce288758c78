package io.hanse.cli.demo;

import io.hanse.cli.client.Request;
import io.hanse.cli.client.Response;
import io.hanse.cli.value.Value;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** How a peering begins, what it carries, and how it ends. */
final class PeeringScenes {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final int WAIT_SECONDS = 30;

  private PeeringScenes() {}

  static void join(Stage stage) {
    String token = stage.scene.hanse(stage.alphaHome(), "peering generate-token", "-name=beta");
    stage
        .narrator()
        .saw("a token of " + token.length() + " characters, " + token.substring(0, 12) + "…");
    stage.scene.hanse(
        stage.betaHome(),
        List.of("-peering-token=" + token),
        "peering establish",
        "-name=alpha",
        "-peering-token=" + token);
    awaitState(stage, stage.alphaHome(), "beta", "ACTIVE");
    awaitState(stage, stage.betaHome(), "alpha", "ACTIVE");
    stage.scene.hanse(stage.alphaHome(), "peering list");
    stage.scene.hanse(stage.alphaHome(), "peering read", "-name=beta");
    stage.scene.hanse(stage.betaHome(), "peering list");
    stage.scene.hanse(stage.betaHome(), "peering read", "-name=alpha");
  }

  static void awaitState(Stage stage, DemoServer server, String name, String state) {
    stage.scene.awaitTrue(
        "peering " + name + " is not " + state,
        SOON,
        server.process(),
        () -> state(server, name).equals(state));
  }

  private static String state(DemoServer server, String name) {
    Response answer = server.api().get("/v1/peering/" + name);
    return answer.isNotFound() ? "gone" : answer.orFail().json().at("State").text();
  }

  static void export(Stage stage) {
    DemoServer beta = stage.betaHome();
    Response before = beta.api().get(Stage.importedPath("backend")).orFail();
    if (!before.json().items().isEmpty()) {
      throw new DemoFailure("beta sees backend before it is exported", beta.process());
    }
    String path =
        Stage.importedPath("backend") + "&index=" + before.index() + "&wait=" + WAIT_SECONDS + "s";
    CompletableFuture<Value> waiting =
        CompletableFuture.supplyAsync(() -> blockUntilImported(beta, before.index()));
    stage.narrator().did("curl '" + beta.url(path) + "' &", "");

    Path file = stage.scene.path("exported-services.hcl");
    DemoCluster.write(
        file,
        """
        Kind = "exported-services"
        Name = "default"
        Services = [
          { Name = "backend" Consumers = [{ Peer = "beta" }] },
        ]
        """);
    stage.scene.hanse(stage.alphaHome(), "config write", file.toString());
    long written = System.nanoTime();
    Value seen = result(waiting, beta);
    long millis = (System.nanoTime() - written) / 1_000_000;
    stage
        .narrator()
        .saw(
            "the query that was waiting answered "
                + Math.max(0, millis)
                + " ms after the command: "
                + seen.items().stream().map(Stage::summary).sorted().toList());
    stage.scene.awaitTrue(
        "beta does not see both instances of backend",
        SOON,
        beta.process(),
        () -> stage.imported("backend").equals(List.of("backend-1 passing", "backend-2 passing")));
    stage
        .narrator()
        .did(
            "curl '" + beta.url(Stage.importedPath("backend")) + "'",
            String.join("\n", stage.imported("backend")));
    stage.scene.hanse(beta, "peering list");
  }

  /** A blocking query may wake for something else; then it goes on from where it is. */
  private static Value blockUntilImported(DemoServer server, long from) {
    long index = from;
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
    while (System.nanoTime() < deadline) {
      Response answer =
          server
              .api()
              .withTimeout(Duration.ofSeconds(2L * WAIT_SECONDS))
              .send(
                  Request.get("/v1/health/service/backend")
                      .with("peer", "alpha")
                      .with("index", String.valueOf(index))
                      .with("wait", WAIT_SECONDS + "s"))
              .orFail();
      if (!answer.json().items().isEmpty()) {
        return answer.json();
      }
      index = answer.index();
    }
    return Value.nothing();
  }

  private static Value result(CompletableFuture<Value> waiting, DemoServer asked) {
    try {
      Value seen = waiting.get(2L * WAIT_SECONDS, TimeUnit.SECONDS);
      if (seen.items().isEmpty()) {
        throw new DemoFailure("beta never saw the exported service", asked.process());
      }
      return seen;
    } catch (ExecutionException | TimeoutException e) {
      throw new DemoFailure("the waiting query failed: " + e.getMessage(), asked.process());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DemoFailure("interrupted", null);
    }
  }

  static void part(Stage stage) {
    DemoServer alpha = stage.alphaHome();
    DemoServer beta = stage.betaHome();
    for (Stage.Instance instance : stage.instances) {
      stage.scene.hanse(alpha, "services deregister", "-id=" + instance.id());
    }
    stage.scene.awaitTrue(
        "beta still sees backend", SOON, beta.process(), () -> stage.imported("backend").isEmpty());
    stage.narrator().did("curl '" + beta.url(Stage.importedPath("backend")) + "'", "[]");

    stage.scene.hanse(beta, "peering delete", "-name=alpha");
    stage.scene.awaitTrue(
        "beta still has the peering",
        SOON,
        beta.process(),
        () -> state(beta, "alpha").equals("gone"));
    stage.scene.awaitTrue(
        "beta still has what alpha exported",
        SOON,
        beta.process(),
        () -> stage.imported("reports").isEmpty());
    awaitState(stage, alpha, "beta", "TERMINATED");
    stage.scene.hanse(beta, "peering list");
    stage.scene.hanse(alpha, "peering list");
    stage.scene.hanse(alpha, "peering delete", "-name=beta");
    stage.scene.awaitTrue(
        "alpha still has the peering",
        SOON,
        alpha.process(),
        () -> state(alpha, "beta").equals("gone"));
    stage.scene.hanse(alpha, "peering list");
  }
}
