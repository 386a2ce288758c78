package io.hanse.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hanse.cli.program.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Gateways and sidecars that never come to listen. */
class GatewayStartIT {
  @TempDir Path folder;

  private PeerCluster cluster;
  private Process gateway;

  @BeforeEach
  void start() throws IOException {
    cluster = PeerCluster.start("alpha", Product.HANSE, folder);
  }

  @AfterEach
  void stop() {
    if (gateway != null) {
      AgentProcess.stop(gateway);
    }
    cluster.close();
  }

  private Path output() {
    return folder.resolve("gateway.log");
  }

  private void run(String... words) throws IOException {
    runAgainst(cluster.home.at("http"), words);
  }

  private void runAgainst(String agent, String... words) throws IOException {
    List<String> command = new ArrayList<>(List.of(AgentProcess.program().toString()));
    command.addAll(List.of(words));
    command.add("-http-addr=" + agent);
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output().toFile());
    builder.environment().put("HANSE_JVM_FLAGS", "-XX:TieredStopAtLevel=1");
    gateway = builder.start();
  }

  private int awaitEnd() throws InterruptedException {
    assertThat(gateway.waitFor(PeerCluster.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    return gateway.exitValue();
  }

  @Test
  void shouldSayWhichPortIsTakenWhereSomebodyElseRegisteredIt() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      cluster.json(
          "PUT",
          "/v1/agent/service/register",
          "{\"Kind\":\"mesh-gateway\",\"Name\":\"mesh-gateway\",\"Address\":\"127.0.0.1\",\"Port\":"
              + taken.getLocalPort()
              + "}");
      run("connect", "envoy", "-gateway=mesh");
      assertThat(awaitEnd()).isEqualTo(1);
      assertThat(Files.readString(output()))
          .contains(
              "==> can't listen on 127.0.0.1:"
                  + taken.getLocalPort()
                  + ", where \"mesh-gateway\" is registered: Address already in use");
      assertThat(isRegistered()).as("it did not register it").isTrue();
    }
  }

  /** Which servers there are it hears from the agent; where none answers, it goes on to ask. */
  @Test
  void shouldTakeItsRegistrationBackWhereItIsStoppedWhileItStarts() throws Exception {
    FreePorts free = FreePorts.choose(2);
    run("gateway", "-address=127.0.0.1:" + free.next(), "-grpc-addr=127.0.0.1:" + free.next());
    await().atMost(PeerCluster.PATIENCE).until(this::isRegistered);
    gateway.destroy();
    assertThat(awaitEnd()).isZero();
    assertThat(isRegistered()).isFalse();
  }

  /** It has registered nothing, and would wait for the answer for more than a minute. */
  @Test
  void shouldEndAtOnceWhereItsAgentDoesNotAnswer() throws Exception {
    endsWhileItAsks("gateway", "-address=127.0.0.1:" + FreePorts.choose(1).next());
  }

  /** Which sidecar it is it asks for first of all. */
  @Test
  void shouldEndAtOnceWhereNobodySaysWhichSidecarItIs() throws Exception {
    endsWhileItAsks("proxy", "-sidecar-for=web");
    endsWhileItAsks("connect", "envoy", "-sidecar-for=web");
  }

  private void endsWhileItAsks(String... words) throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      silent.setSoTimeout((int) PeerCluster.PATIENCE.toMillis());
      runAgainst("127.0.0.1:" + silent.getLocalPort(), words);
      try (Socket asked = silent.accept()) {
        assertThat(asked.getInputStream().read()).isPositive();
        gateway.destroy();
        assertThat(awaitEnd()).isZero();
      }
    }
  }

  private boolean isRegistered() throws IOException {
    return cluster.home.send("GET", "/v1/agent/service/mesh-gateway", "").status() == 200;
  }
}
