package io.hanse.cli.program;

import io.hanse.cli.client.ApiClient;
import io.hanse.cli.client.ApiException;
import io.hanse.cli.client.Request;
import io.hanse.cli.client.Session;
import io.hanse.cli.value.JsonText;
import io.hanse.gateway.GatewayServer;
import io.hanse.gateway.ProxySettings;
import io.hanse.gateway.SidecarProxy;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;

/**
 * Runs a server, a gateway and a sidecar for some seconds on free ports of loopback, while the JVM
 * notes the classes: servers and proxies then start with a third of the work.
 */
final class ServerTraining {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int POLL_MILLIS = 100;
  private static final List<String> PORT_KEYS = List.of("grpc", "grpc_tls", "server", "serf_lan");

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
    FreePorts ports = FreePorts.choose(PORT_KEYS.size() + 3);
    int http = ports.next();
    StringBuilder block = new StringBuilder("ports { http = " + http);
    for (String key : PORT_KEYS) {
      block.append(", ").append(key).append(" = ").append(ports.next());
    }
    Thread agent = new Thread(() -> run(session, "-dev", "-hcl", block + " }"), "training");
    agent.setDaemon(true);
    agent.start();
    ApiClient api = ApiClient.of("127.0.0.1:" + http);
    await(() -> !api.get("/v1/status/leader").orFail().json().text().isEmpty());
    write(api, ports);
    read(api);
    proxy(api);
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
    // Once there is an authority.
    await(
        () ->
            api.send(
                    Request.post("/v1/peering/token")
                        .with(JsonText.parse("{\"PeerName\":\"other\"}")))
                .isOk());
  }

  private static void put(ApiClient api, String path, String json) {
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
