package io.hanse.cli.demo;

import io.hanse.cli.client.ApiClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** How services, sidecars and gateways come into being. */
final class MeshScenes {
  private static final Duration START = Duration.ofSeconds(60);

  private MeshScenes() {}

  static void start(Stage stage) {
    DemoServer alphaLeader = stage.alpha.leader().orElseThrow();
    DemoServer betaLeader = stage.beta.leader().orElseThrow();
    stage.chooseHomes(stage.alpha.other(alphaLeader), stage.beta.other(betaLeader));
    stage
        .narrator()
        .saw(
            "services are registered with "
                + stage.alphaHome().name()
                + " and "
                + stage.betaHome().name()
                + ", which do not lead");
    for (Stage.Instance instance : stage.instances) {
      Path file = stage.scene.path(instance.id() + ".hcl");
      DemoCluster.write(file, backend(instance));
      stage.scene.hanse(stage.alphaHome(), "services register", file.toString());
    }
    Path file = stage.scene.path("frontend.hcl");
    DemoCluster.write(file, frontend(stage));
    stage.scene.hanse(stage.betaHome(), "services register", file.toString());

    startGateway(stage, stage.alphaHome(), stage.alphaGateway);
    startGateway(stage, stage.betaHome(), stage.betaGateway);
    for (Stage.Instance instance : stage.instances) {
      startSidecar(stage, stage.alphaHome(), instance.id(), instance.sidecar());
    }
    startSidecar(stage, stage.betaHome(), "frontend", stage.frontend);
    List.of(
            stage.alphaGateway,
            stage.betaGateway,
            stage.instances.get(0).sidecar(),
            stage.instances.get(1).sidecar(),
            stage.frontend)
        .forEach(proxy -> awaitReady(stage, proxy));
    awaitPassing(stage, stage.alphaHome(), "backend", stage.instances.size());
    awaitPassing(stage, stage.alphaHome(), "mesh-gateway", 1);
    awaitPassing(stage, stage.betaHome(), "mesh-gateway", 1);
  }

  private static String backend(Stage.Instance instance) {
    String app = "127.0.0.1:" + instance.appPort();
    String sidecar = "127.0.0.1:" + instance.sidecar().port();
    return String.join(
        "\n",
        "service {",
        "  name    = \"backend\"",
        "  id      = \"" + instance.id() + "\"",
        "  address = \"127.0.0.1\"",
        "  port    = " + instance.appPort(),
        "  check {",
        "    name     = \"answers\"",
        "    http     = \"http://" + app + "/health\"",
        "    interval = \"1s\"",
        "  }",
        "  connect {",
        "    sidecar_service {",
        "      port   = " + instance.sidecar().port(),
        "      checks = [",
        "        { name = \"listens\" tcp = \"" + sidecar + "\" interval = \"1s\" },",
        "        { name = \"its service\" alias_service = \"" + instance.id() + "\" },",
        "      ]",
        "    }",
        "  }",
        "}",
        "");
  }

  private static String frontend(Stage stage) {
    return String.join(
        "\n",
        "service {",
        "  name    = \"frontend\"",
        "  address = \"127.0.0.1\"",
        "  port    = 9",
        "  connect {",
        "    sidecar_service {",
        "      port = " + stage.frontend.port(),
        "      proxy {",
        "        upstreams = [",
        "          {",
        "            destination_name = \"backend\"",
        "            destination_peer = \"alpha\"",
        "            local_bind_port  = " + stage.upstreamPort,
        "            mesh_gateway { mode = \"local\" }",
        "          },",
        "        ]",
        "      }",
        "    }",
        "  }",
        "}",
        "");
  }

  private static void startGateway(Stage stage, DemoServer home, Stage.Proxy gateway) {
    String address = "127.0.0.1:" + gateway.port();
    start(
        stage,
        gateway,
        List.of(
            "gateway",
            "-http-addr=" + home.httpAddress(),
            "-address=" + address,
            "-wan-address=" + address,
            "-admin-bind=127.0.0.1:" + gateway.adminPort()));
  }

  private static void startSidecar(
      Stage stage, DemoServer home, String service, Stage.Proxy sidecar) {
    start(
        stage,
        sidecar,
        List.of(
            "proxy",
            "-http-addr=" + home.httpAddress(),
            "-sidecar-for=" + service,
            "-admin-bind=127.0.0.1:" + sidecar.adminPort()));
  }

  private static void start(Stage stage, Stage.Proxy proxy, List<String> arguments) {
    stage.scene.start(stage.scene.process(proxy.name(), arguments));
    stage.narrator().did("hanse " + String.join(" ", arguments) + " &", "");
  }

  /** A proxy is ready when it has received all it needs and listens. */
  static void awaitReady(Stage stage, Stage.Proxy proxy) {
    ApiClient admin = ApiClient.of("127.0.0.1:" + proxy.adminPort());
    stage.scene.awaitTrue(
        proxy.name() + " is not ready",
        START,
        stage.process(proxy.name()),
        () -> admin.get("/ready").isOk());
  }

  static void awaitPassing(Stage stage, DemoServer server, String service, int count) {
    String path = "/v1/health/service/" + service + "?passing=1";
    stage.scene.awaitTrue(
        service + " does not pass its checks",
        START,
        server.process(),
        () -> server.api().get(path).orFail().json().items().size() == count);
    stage.narrator().did("curl '" + server.url(path) + "'", count + " of " + service + " passing");
  }
}
