package io.hanse.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hanse.conformance.replay.Recording;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cluster that is dialed by a name, and moves to another address behind it. */
class NamedAcceptorIT {
  private static final String NAME = "acceptor.example";

  /** Between two attempts pass 4 s, of one address, and an answer is kept for a second. */
  private static final Duration FOUND_AGAIN_MAX = Duration.ofSeconds(10);

  @TempDir Path folder;

  private Path hosts;
  private AgentProcess acceptor;
  private AgentProcess dialer;

  @BeforeEach
  void start() throws IOException {
    hosts = folder.resolve("hosts");
    stand("127.0.0.1");
    acceptor = launch("alpha", "e0000000-0000-4000-8000-000000000021", "");
    dialer =
        launch("beta", "e0000000-0000-4000-8000-000000000022", "-Djdk.net.hosts.file=" + hosts);
    acceptor.awaitReady();
    dialer.awaitReady();
  }

  @AfterEach
  void stop() {
    acceptor.close();
    dialer.close();
  }

  private AgentProcess launch(String name, String nodeId, String jvmFlags) {
    return AgentProcess.launch(
        AgentProcess.program(),
        folder,
        new Recording.Agent(
            name, nodeId, Map.of("datacenter", "dc-" + name, "bootstrap_expect", 1)),
        false,
        AgentProcess.freePorts(),
        jvmFlags);
  }

  /** What the dialer's resolver knows of the name. */
  private void stand(String address) throws IOException {
    Files.writeString(hosts, address + " " + NAME + "\n127.0.0.1 localhost\n");
  }

  private String state() throws IOException {
    return dialer.answer("GET", "/v1/peering/alpha", "").at("State").text();
  }

  private void awaitState(String state, Duration patience) {
    await()
        .atMost(patience)
        .pollInterval(Duration.ofMillis(50))
        .untilAsserted(() -> assertThat(state()).isEqualTo(state));
  }

  @Test
  void shouldFollowANameToAnotherAddress() throws IOException {
    String address = NAME + ":" + acceptor.ports().get("grpc_tls");
    String token =
        acceptor
            .answer(
                "POST",
                "/v1/peering/token",
                "{\"PeerName\":\"beta\",\"ServerExternalAddresses\":[\"" + address + "\"]}")
            .at("PeeringToken")
            .text();
    dialer.answer(
        "POST",
        "/v1/peering/establish",
        "{\"PeerName\":\"alpha\",\"PeeringToken\":\"" + token + "\"}");
    awaitState("ACTIVE", PeerCluster.PATIENCE);

    acceptor.close();
    awaitState("FAILING", PeerCluster.PATIENCE);
    acceptor.moveTo("127.0.0.2", acceptor.ports());
    acceptor.startAgain();
    acceptor.awaitReady();
    await()
        .atMost(PeerCluster.PATIENCE)
        .ignoreExceptions()
        .until(() -> acceptor.accepts("grpc_tls"));
    assertThat(state()).as("it is looked for where it was").isEqualTo("FAILING");
    stand("127.0.0.2");

    awaitState("ACTIVE", FOUND_AGAIN_MAX);
  }
}
