package io.hanse.cli.program;

import io.hanse.cli.client.ApiClient;
import io.hanse.cli.client.ApiException;
import io.hanse.cli.client.Request;
import io.hanse.cli.client.Response;
import io.hanse.cli.client.Session;
import io.hanse.cli.value.JsonText;
import io.hanse.gateway.GatewayServer;
import io.hanse.gateway.ProxySettings;
import io.hanse.gateway.SidecarProxy;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;

/**
 * Runs two peered servers, a gateway and a sidecar for some seconds on free ports of loopback,
 * while the JVM notes the classes: servers and proxies then start with a third of the work.
 */
final class ServerTraining {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int POLL_MILLIS = 100;
  private static final int AGENTS = 2;

  /** The first Java whose cache holds more than classes. */
  private static final int KEEPS_PROFILES = 25;

  private static final String IMPORTED = "/v1/health/service/web?peer=this";
  private static final List<String> PORT_KEYS = List.of("grpc_tls", "server", "serf_lan");

  private ServerTraining() {}

  public static void main(String[] args) {
    Session session = Session.ofProcess();
    try {
      train(session);
    } catch (Exception e) {
      // At once: without an orderly end of what it was for.
      session.warn("the training failed: " + e);
      Runtime.getRuntime().halt(1);
    }
    // The agent closes, as at the end of any process that runs one.
    System.exit(0);
  }

  private static void train(Session session) throws Exception {
    FreePorts ports = FreePorts.choose(AGENTS * (PORT_KEYS.size() + 1) + 2);
    ApiClient api = start(session, ports, "-dev");
    ApiClient other = start(session, ports, "-dev", "-datacenter", "other");
    write(api, ports);
    read(api);
    peer(api, other);
    proxy(api);
    if (Runtime.version().feature() >= KEEPS_PROFILES) {
      TrainingLoad.run(api, other);
    }
  }

  private static ApiClient start(Session session, FreePorts ports, String... flags)
      throws Exception {
    int http = ports.next();
    StringBuilder block = new StringBuilder("ports { http = " + http);
    for (String key : PORT_KEYS) {
      block.append(", ").append(key).append(" = ").append(ports.next());
    }
    List<String> all = new ArrayList<>(List.of(flags));
    all.addAll(List.of("-hcl", block + " }"));
    Thread agent = new Thread(() -> run(session, all.toArray(String[]::new)), "training");
    agent.setDaemon(true);
    agent.start();
    ApiClient api = ApiClient.of("127.0.0.1:" + http);
    await(() -> !api.get("/v1/status/leader").orFail().json().text().isEmpty());
    return api;
  }

  /** An agent by its command line, as users start it; until the process ends. */
  private static void run(Session session, String... flags) {
    int exitCode = new CommandLine(new AgentCommand(session).spec()).execute(flags);
    session.warn("the agent ended with " + exitCode);
    Runtime.getRuntime().halt(1);
  }

  private static void write(ApiClient api, FreePorts ports) throws Exception {
    await(() -> api.send(Request.put("/v1/kv/training").with(new byte[1])).isOk());
    put(
        api,
        "/v1/agent/service/register",
        "{'Name':'web','Port':9,'Check':{'TTL':'10s'},'Connect':{'SidecarService':{'Port':"
            + ports.next()
            + "}}}");
    put(
        api,
        "/v1/agent/service/register",
        "{'Kind':'mesh-gateway','Name':'mesh-gateway','Address':'127.0.0.1','Port':"
            + ports.next()
            + "}");
    put(
        api,
        "/v1/config",
        "{'Kind':'service-intentions','Name':'web','Sources':[{'Name':'*','Action':'allow'}]}");
    put(
        api,
        "/v1/config",
        "{'Kind':'exported-services','Name':'default','Services':"
            + "[{'Name':'web','Consumers':[{'Peer':'other'}]}]}");
  }

  /** So that what is exported arrives at the other one, and a change of it. */
  private static void peer(ApiClient api, ApiClient other) throws Exception {
    String[] token = {""};
    // Once there is an authority, on either side.
    await(
        () -> {
          Response answer =
              api.send(
                  Request.post("/v1/peering/token")
                      .with(JsonText.parse("{\"PeerName\":\"other\"}")));
          token[0] = answer.isOk() ? answer.json().at("PeeringToken").text() : "";
          return !token[0].isEmpty();
        });
    await(
        () ->
            other
                .send(
                    Request.post("/v1/peering/establish")
                        .with(
                            JsonText.parse(
                                "{\"PeerName\":\"this\",\"PeeringToken\":\"" + token[0] + "\"}")))
                .isOk());
    await(() -> imported(other).contains("\"Port\":9,"));
    put(api, "/v1/agent/service/register", "{'Name':'web','Port':8}");
    await(() -> imported(other).contains("\"Port\":8,"));
    other.get("/v1/peering/this");
  }

  private static String imported(ApiClient other) {
    return other.get(IMPORTED).orFail().text().replace(" ", "");
  }

  /**
   * Puts a body.
   *
   * @param json with apostrophes for quotes
   */
  static void put(ApiClient api, String path, String json) {
    api.send(Request.put(path).with(JsonText.parse(json.replace('\'', '"')))).orFail();
  }

  private static void read(ApiClient api) {
    for (String path :
        List.of(
            "/v1/agent/members",
            "/v1/agent/self",
            "/v1/catalog/services",
            "/v1/health/service/web?index=1&wait=10ms",
            "/v1/kv/training",
            "/v1/operator/raft/configuration",
            "/v1/peerings")) {
      api.get(path);
    }
  }

  private static void proxy(ApiClient api) throws Exception {
    try (GatewayServer gateway =
            GatewayServer.start(settings("mesh-gateway"), contact(api, "mesh-gateway"));
        SidecarProxy sidecar =
            SidecarProxy.start(settings("web-sidecar-proxy"), contact(api, "web-sidecar-proxy"))) {
      gateway.ready().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      sidecar.ready().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
  }

  private static ProxySettings settings(String id) {
    return ProxySettings.of(id).withDrain(Duration.ZERO);
  }

  private static HttpFirstContact contact(ApiClient api, String id) {
    return new HttpFirstContact(api, id, List.of());
  }

  private static void await(Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < deadline) {
      try {
        if (condition.call()) {
          return;
        }
      } catch (ApiException e) {
        // Not yet.
      }
      Thread.sleep(POLL_MILLIS);
    }
    throw new IOException("the server for training did not get ready");
  }
}
