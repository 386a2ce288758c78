package io.hanse.cli.demo;

import io.hanse.cli.client.ApiClient;
import io.hanse.cli.program.FreePorts;
import io.hanse.cli.value.Value;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Who plays: two clusters, their gateways and sidecars, and the apps. */
final class Stage {
  static final int PORTS = 2 * DemoCluster.PORTS + 24;

  final Scene scene;
  final DemoCluster alpha;
  final DemoCluster beta;
  final int upstreamPort;
  final List<AppServer> apps;
  final List<Instance> instances;
  final Proxy alphaGateway;
  final Proxy betaGateway;
  final Proxy frontend;

  /** The servers with which services are registered; neither is a leader at that time. */
  private Optional<DemoServer> alphaHome = Optional.empty();

  private Optional<DemoServer> betaHome = Optional.empty();

  /** An instance of the service: app, sidecar, and the ports of both. */
  record Instance(String id, int appPort, Proxy sidecar) {}

  /** A gateway or sidecar, with the ports for the mesh and for its operator. */
  record Proxy(String name, int port, int adminPort) {}

  Stage(Scene scene, FreePorts ports) {
    this.scene = scene;
    alpha = new DemoCluster("alpha", "dc-alpha", scene, ports);
    beta = new DemoCluster("beta", "dc-beta", scene, ports);
    upstreamPort = ports.next();
    alphaGateway = new Proxy("alpha-gateway", ports.next(), ports.next());
    betaGateway = new Proxy("beta-gateway", ports.next(), ports.next());
    frontend = new Proxy("frontend-sidecar", ports.next(), ports.next());
    instances = List.of(instance("backend-1", ports), instance("backend-2", ports));
    apps =
        instances.stream()
            .map(instance -> scene.part(new AppServer(instance.id(), instance.appPort())))
            .toList();
  }

  private static Instance instance(String id, FreePorts ports) {
    return new Instance(id, ports.next(), new Proxy(id + "-sidecar", ports.next(), ports.next()));
  }

  Narrator narrator() {
    return scene.narrator();
  }

  void chooseHomes(DemoServer inAlpha, DemoServer inBeta) {
    alphaHome = Optional.of(inAlpha);
    betaHome = Optional.of(inBeta);
  }

  DemoServer alphaHome() {
    return alphaHome.orElseThrow();
  }

  DemoServer betaHome() {
    return betaHome.orElseThrow();
  }

  ManagedProcess process(String name) {
    return scene.processes().stream()
        .filter(process -> process.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** What beta sees of a service of alpha: ids, each with its worst check. */
  List<String> imported(String service) {
    return betaHome().api().get(importedPath(service)).orFail().json().items().stream()
        .map(Stage::summary)
        .sorted()
        .toList();
  }

  static String importedPath(String service) {
    return "/v1/health/service/" + service + "?peer=alpha";
  }

  static String summary(Value instance) {
    String status = "passing";
    for (Value check : instance.at("Checks").items()) {
      String own = check.at("Status").text();
      if (own.equals("critical") || (own.equals("warning") && status.equals("passing"))) {
        status = own;
      }
    }
    return instance.at("Service").at("ID").text() + " " + status;
  }

  /** A request of the frontend to the backend, through all four proxies. */
  String request() throws IOException {
    return HttpProbe.get(upstreamPort);
  }

  String requestCommand() {
    return "curl http://127.0.0.1:" + upstreamPort + "/";
  }

  /** The last lines of a proxy's access log. */
  List<String> accessLog(Proxy proxy) {
    return ApiClient.of("127.0.0.1:" + proxy.adminPort())
        .get("/access-log")
        .orFail()
        .text()
        .lines()
        .toList();
  }
}
