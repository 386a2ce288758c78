package io.hanse.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hanse.cli.CommandRun;
import io.hanse.cli.program.FreePorts;
import io.hanse.cli.value.Value;
import io.hanse.conformance.replay.Recording;
import io.hanse.http.RawClient;
import io.hanse.http.RawClient.Response;
import io.hanse.peering.PeeringToken;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two agents that peer through their mesh gateways: nobody dials a server from outside. */
@Order(2)
class GatewayPeeringIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path folder;

  private Side alpha;
  private Side beta;

  @BeforeEach
  void start() throws Exception {
    CompletableFuture<Side> other =
        CompletableFuture.supplyAsync(
            () -> new Side("beta", "e0000000-0000-4000-8000-000000000002"));
    alpha = new Side("alpha", "e0000000-0000-4000-8000-000000000001");
    beta = other.get(2, TimeUnit.MINUTES);
  }

  @AfterEach
  void stop() throws Exception {
    alpha.end();
    beta.end();
  }

  @Test
  void shouldPeerThroughTheGatewaysOfBothSides() throws Exception {
    alpha.peerThroughGateways();
    beta.peerThroughGateways();
    Response refused = alpha.agent.send("POST", "/v1/peering/token", "{\"PeerName\":\"beta\"}");
    assertThat(refused.status()).isEqualTo(500);
    assertThat(refused.text())
        .isEqualTo(
            "servers are configured to PeerThroughMeshGateways, but no mesh gateway instances are"
                + " registered");
    alpha.startGateway();
    beta.startGateway();
    alpha.awaitGateway();
    beta.awaitGateway();

    String token =
        alpha
            .json("POST", "/v1/peering/token", "{\"PeerName\":\"beta\"}")
            .at("PeeringToken")
            .text();
    assertThat(PeeringToken.decode(token).addresses())
        .containsExactly("127.0.0.1:" + alpha.gatewayPort);
    beta.json(
        "POST",
        "/v1/peering/establish",
        "{\"PeerName\":\"alpha\",\"PeeringToken\":\"" + token + "\"}");
    awaitActive();
    List<Value> candidates =
        beta.json("GET", "/v1/peering/alpha?detail", "").at("Detail").at("Candidates").items();
    assertThat(candidates)
        .extracting(each -> each.at("Origin").text() + " " + each.at("Address").text())
        .containsExactly(
            "gateway 127.0.0.1:" + beta.gatewayPort, "peer 127.0.0.1:" + alpha.gatewayPort);
    for (Side side : List.of(alpha, beta)) {
      assertThat(side.admin("/status"))
          .as("the routes of " + side.name)
          .contains("server.dc-alpha.peering.");
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> assertThat(side.admin("/access-log")).contains("server.dc-alpha.peering."));
    }
    pinAddresses();
    labelAddresses();
    revokeToken();
    loseOwnGateway();
  }

  /**
   * From within, what lies outside is not even known by name: only the gateway leads there, first
   * to one cluster, then to another that takes its place.
   */
  @Test
  void shouldEstablishWithAnotherClusterThroughItsOwnGateway() throws Exception {
    Side gamma = new Side("gamma", "e0000000-0000-4000-8000-000000000003");
    try {
      beta.peerThroughGateways();
      beta.startGateway("-Djdk.net.hosts.file=" + outsideNames());
      beta.awaitGateway();
      for (Side other : List.of(alpha, gamma)) {
        beta.json(
            "POST",
            "/v1/peering/establish",
            "{\"PeerName\":\"other\",\"PeeringToken\":\"" + other.tokenFromOutside() + "\"}");
        await()
            .atMost(PATIENCE)
            .untilAsserted(
                () -> {
                  assertThat(other.json("GET", "/v1/peering/beta", "").at("State").text())
                      .isEqualTo("ACTIVE");
                  assertThat(beta.json("GET", "/v1/peering/other", "").at("State").text())
                      .isEqualTo("ACTIVE");
                });
      }
    } finally {
      gamma.end();
    }
  }

  private Path outsideNames() throws IOException {
    return Files.writeString(
        folder.resolve("hosts"), "127.0.0.1 alpha.outside.test gamma.outside.test\n");
  }

  /** The dialer goes directly where its gateways do not lead, and what changes still arrives. */
  private void loseOwnGateway() throws Exception {
    beta.gateway.destroyForcibly().waitFor();
    alpha.json(
        "PUT",
        "/v1/config",
        "{\"Kind\":\"exported-services\",\"Name\":\"default\",\"Services\":[{\"Name\":\"late\","
            + "\"Consumers\":[{\"Peer\":\"beta\"}]}]}");
    alpha.json("PUT", "/v1/agent/service/register", "{\"Name\":\"late\",\"Port\":80}");
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(beta.json("GET", "/v1/health/service/late?peer=alpha", "").items())
                    .hasSize(1));
    awaitActive();
    assertThat(beta.run("peering read", "-name=alpha", "-detailed").out())
        .contains("Confirmed Imports:      1, longest ago late: ");
  }

  private void pinAddresses() {
    String address = "127.0.0.1:" + alpha.gatewayPort;
    assertThat(beta.run("peering pin-addresses", "-name=alpha", "vpn=" + address).out())
        .isEqualTo("Addresses of alpha are pinned\n");
    // Which of them is in use, and which failed before, is the network's to say.
    assertThat(beta.run("peering read", "-name=alpha", "-detailed").out())
        .contains("Dialed At:              127.0.0.1:" + beta.gatewayPort + " (gateway")
        .contains("Dialed At:              " + address + " (pinned, vpn")
        .contains(", in use)");
    assertThat(beta.run("peering pin-addresses", "-name=alpha").out())
        .isEqualTo("No address of alpha is pinned\n");
    assertThat(beta.run("peering pin-addresses", "-name=alpha", "nowhere").err())
        .contains("nowhere is not a valid peering server address");
  }

  private void labelAddresses() {
    String token =
        alpha
            .run(
                "peering generate-token",
                "-name=delta",
                "-server-external-addresses=198.51.100.7:443,vpn=10.8.0.7:8503")
            .out()
            .strip();
    assertThat(PeeringToken.decode(token).manualAddresses())
        .extracting(each -> each.getLabel() + "=" + each.getAddress())
        .containsExactly("=198.51.100.7:443", "vpn=10.8.0.7:8503");
    assertThat(
            alpha
                .run(
                    "peering generate-token",
                    "-name=delta",
                    "-server-external-addresses=a/b=10.8.0.7:8503")
                .err())
        .contains("a label has up to 64 letters");
    assertThat(
            beta.run(
                    "peering establish",
                    "-name=delta",
                    "-peering-token=" + token,
                    "-prefer-address-label=lan")
                .err())
        .contains("no address of the token has the preferred label; it has: vpn");
  }

  private void revokeToken() {
    alpha.run("peering generate-token", "-name=gamma", "-ttl=1h");
    assertThat(alpha.run("peering read", "-name=gamma", "-detailed").out())
        .contains("Newest Token:           unused, expires ");
    assertThat(alpha.run("peering token revoke", "-name=gamma").out())
        .isEqualTo("Revoked the token of gamma\n");
    assertThat(alpha.run("peering read", "-name=gamma", "-detailed").out())
        .contains("Newest Token:           revoked\n")
        .contains("Reason:                 the token was not redeemed and is revoked by now")
        .contains("When Silent:            serve\n");
    CommandRun.Result again = alpha.run("peering token revoke", "-name=gamma");
    assertThat(again.exit()).isEqualTo(1);
    assertThat(again.err()).contains("There is no unused token of gamma.");
    assertThat(alpha.run("peering generate-token", "-name=gamma", "-ttl=1ms").err())
        .contains("TTL must be between 1s and 87600h");
  }

  private void awaitActive() {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(alpha.json("GET", "/v1/peering/beta", "").at("State").text())
                  .isEqualTo("ACTIVE");
              assertThat(beta.json("GET", "/v1/peering/alpha", "").at("State").text())
                  .isEqualTo("ACTIVE");
            });
  }

  /** A cluster of one agent, and its gateway. */
  private final class Side {
    final String name;
    final AgentProcess agent;
    final int gatewayPort;
    final int adminPort;
    private Process gateway;

    Side(String name, String nodeId) {
      this.name = name;
      FreePorts free = FreePorts.choose(2);
      gatewayPort = free.next();
      adminPort = free.next();
      agent =
          AgentProcess.start(
              AgentProcess.program(),
              folder,
              new Recording.Agent(name, nodeId, Map.of("datacenter", "dc-" + name)),
              true);
    }

    Value json(String method, String path, String body) throws IOException {
      return agent.answer(method, path, body);
    }

    CommandRun.Result run(String command, String... flags) {
      List<String> line = new ArrayList<>(List.of(command.split(" ", -1)));
      line.add("-http-addr=127.0.0.1:" + agent.http().getPort());
      line.addAll(List.of(flags));
      return new CommandRun().run(line.toArray(String[]::new));
    }

    void peerThroughGateways() throws IOException {
      json(
          "PUT",
          "/v1/config",
          "{\"Kind\":\"mesh\",\"Peering\":{\"PeerThroughMeshGateways\":true}}");
    }

    /** By its name outside. */
    String tokenFromOutside() throws IOException {
      return json(
              "POST",
              "/v1/peering/token",
              "{\"PeerName\":\"beta\",\"ServerExternalAddresses\":[\""
                  + name
                  + ".outside.test:"
                  + agent.ports().get("grpc_tls")
                  + "\"]}")
          .at("PeeringToken")
          .text();
    }

    void startGateway(String... flags) throws IOException {
      String here = "127.0.0.1:";
      ProcessBuilder builder =
          new ProcessBuilder(
                  AgentProcess.program().toString(),
                  "gateway",
                  "-http-addr=" + here + agent.http().getPort(),
                  "-address=" + here + gatewayPort,
                  "-admin-bind=" + here + adminPort)
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve(name + "-gateway.log").toFile());
      builder
          .environment()
          .put("HANSE_JVM_FLAGS", "-XX:TieredStopAtLevel=1 " + String.join(" ", flags));
      gateway = builder.start();
    }

    /** Until it listens, and its servers know: then they go out through it first. */
    void awaitGateway() {
      await().atMost(PATIENCE).ignoreExceptions().until(() -> admin("/ready").equals("ready\n"));
      await()
          .atMost(PATIENCE)
          .until(
              () -> !json("GET", "/v1/health/service/mesh-gateway?passing", "").items().isEmpty());
    }

    String admin(String path) throws IOException {
      return RawClient.exchange(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), adminPort),
              "GET",
              path,
              Map.of(),
              null)
          .text();
    }

    void end() throws InterruptedException {
      if (gateway != null) {
        gateway.destroy();
        if (!gateway.waitFor(10, TimeUnit.SECONDS)) {
          gateway.destroyForcibly();
        }
      }
      agent.close();
    }
  }
}
