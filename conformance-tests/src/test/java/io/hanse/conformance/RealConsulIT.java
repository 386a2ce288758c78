package io.hanse.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hanse.cli.value.JsonText;
import io.hanse.cli.value.Value;
import io.hanse.conformance.replay.Recording;
import io.hanse.http.RawClient.Response;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** A peering's whole life with a real Consul at the other end, whoever makes and ends it. */
@EnabledIfEnvironmentVariable(
    named = "CONSUL_BIN",
    matches = ".+",
    disabledReason = "CONSUL_BIN names no real Consul")
class RealConsulIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path folder;

  private Side hanse;
  private Side consul;

  @BeforeEach
  void start() throws IOException {
    hanse = new Side("hanse", "d0000000-0000-4000-8000-000000000001", AgentProcess.program(), true);
    consul =
        new Side(
            "consul",
            "d0000000-0000-4000-8000-000000000002",
            Path.of(System.getenv("CONSUL_BIN")).toAbsolutePath(),
            true);
  }

  @AfterEach
  void stop() {
    Optional.ofNullable(hanse).ifPresent(side -> side.agent.close());
    Optional.ofNullable(consul).ifPresent(side -> side.agent.close());
  }

  @Test
  void shouldLiveWithAConsulThatDialsAndEnds() throws IOException {
    live(hanse, consul, consul);
  }

  @Test
  void shouldLiveWithAConsulThatAcceptsAndEnds() throws IOException {
    live(consul, hanse, consul);
  }

  @Test
  void shouldEndWhatAConsulDials() throws IOException {
    live(hanse, consul, hanse);
  }

  @Test
  void shouldEndWhatAConsulAccepts() throws IOException {
    live(consul, hanse, hanse);
  }

  /** Each is a peer of both others and exports to one of them; no two call a third the same. */
  @Test
  void shouldLiveInARingOfThree() throws IOException {
    Side third =
        new Side("third", "d0000000-0000-4000-8000-000000000003", AgentProcess.program(), false);
    try {
      List<Side> ring = List.of(hanse, consul, third);
      for (Side side : ring) {
        side.prefix = side.name + "-knows-";
        side.register();
      }
      for (int i = 0; i < ring.size(); i++) {
        Side next = ring.get((i + 1) % ring.size());
        establish(ring.get(i), next);
        ring.get(i).export(ring.get(i).callOf(next));
      }
      awaitRing(ring);

      third.agent.restart();
      awaitRing(ring);

      hanse.json("DELETE", "/v1/peering/" + hanse.callOf(consul), "");
      awaitState(hanse, consul, "");
      awaitState(consul, hanse, "TERMINATED");
      awaitImport(consul, hanse, "");
      awaitImport(third, consul, "passing");
      awaitImport(hanse, third, "passing");

      establish(hanse, consul);
      awaitRing(ring);
    } finally {
      third.agent.close();
    }
  }

  private static void awaitRing(List<Side> ring) {
    for (int i = 0; i < ring.size(); i++) {
      Side side = ring.get(i);
      Side next = ring.get((i + 1) % ring.size());
      awaitState(side, next, "ACTIVE");
      awaitState(next, side, "ACTIVE");
      awaitImport(next, side, "passing");
      awaitImport(side, next, "");
    }
  }

  private static void establish(Side acceptor, Side dialer) throws IOException {
    String token =
        acceptor
            .json("POST", "/v1/peering/token", "{\"PeerName\":\"" + acceptor.callOf(dialer) + "\"}")
            .at("PeeringToken")
            .text();
    dialer.json(
        "POST",
        "/v1/peering/establish",
        "{\"PeerName\":\"" + dialer.callOf(acceptor) + "\",\"PeeringToken\":\"" + token + "\"}");
  }

  private void live(Side acceptor, Side dialer, Side ender) throws IOException {
    establish(acceptor, dialer);
    for (Side[] pair : List.of(new Side[] {hanse, consul}, new Side[] {consul, hanse})) {
      pair[0].register();
      pair[0].export(pair[1].name);
    }
    everywhere("ACTIVE", "passing");

    hanse.json("PUT", "/v1/agent/check/fail/alive", "");
    consul.json("PUT", "/v1/agent/check/fail/alive", "");
    everywhere("ACTIVE", "critical");

    hanse.json("PUT", "/v1/agent/service/deregister/app", "");
    consul.json("PUT", "/v1/agent/service/deregister/app", "");
    everywhere("ACTIVE", "");

    hanse.register();
    consul.register();
    everywhere("ACTIVE", "passing");

    Side other = ender == hanse ? consul : hanse;
    ender.json("DELETE", "/v1/peering/" + other.name, "");
    awaitState(ender, other, "");
    awaitState(other, ender, "TERMINATED");
    awaitImport(hanse, consul, "");
    awaitImport(consul, hanse, "");
  }

  private void everywhere(String state, String status) {
    awaitState(hanse, consul, state);
    awaitState(consul, hanse, state);
    awaitImport(hanse, consul, status);
    awaitImport(consul, hanse, status);
  }

  private static void awaitState(Side at, Side peer, String state) {
    await(at.name + " has a peering that is " + state)
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(at.stateOf(peer)).isEqualTo(state));
  }

  private static void awaitImport(Side at, Side peer, String status) {
    await(at.name + " has imported " + status)
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(at.imported(peer)).isEqualTo(status));
  }

  /** A cluster of one agent, with one service of its own name. */
  private final class Side {
    final String name;
    final AgentProcess agent;

    /** Before the other one's name, where it is called something else here. */
    String prefix = "";

    Side(String name, String nodeId, Path program, boolean isDev) {
      this.name = name;
      this.agent =
          AgentProcess.start(
              program,
              folder,
              new Recording.Agent(
                  name,
                  nodeId,
                  isDev
                      ? Map.of("datacenter", "dc-" + name)
                      : Map.of("datacenter", "dc-" + name, "bootstrap_expect", 1)),
              isDev);
    }

    String callOf(Side peer) {
      return prefix + peer.name;
    }

    Value json(String method, String path, String body) throws IOException {
      return agent.answer(method, path, body);
    }

    void register() throws IOException {
      json(
          "PUT",
          "/v1/agent/service/register",
          "{\"Name\":\"of-"
              + name
              + "\",\"ID\":\"app\",\"Port\":80,\"Checks\":[{\"CheckID\":\"alive\",\"TTL\":\"1h\","
              + "\"Status\":\"passing\"}],\"Connect\":{\"SidecarService\":{}}}");
    }

    void export(String peer) throws IOException {
      json(
          "PUT",
          "/v1/config",
          "{\"Kind\":\"exported-services\",\"Name\":\"default\",\"Services\":[{\"Name\":\"*\","
              + "\"Consumers\":[{\"Peer\":\""
              + peer
              + "\"}]}]}");
    }

    /** Empty if it has none. */
    String stateOf(Side peer) throws IOException {
      Response response = agent.send("GET", "/v1/peering/" + callOf(peer), "");
      return response.status() == 404 ? "" : JsonText.parse(response.text()).at("State").text();
    }

    /** The one check of the other one's service; empty if it has no instance. */
    String imported(Side peer) throws IOException {
      List<Value> instances =
          json("GET", "/v1/health/service/of-" + peer.name + "?peer=" + callOf(peer), "").items();
      return instances.isEmpty()
          ? ""
          : instances.get(0).at("Checks").items().get(0).at("Status").text();
    }
  }
}
