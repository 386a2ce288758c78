package io.hanse.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Three servers peered with three of a real Consul, while leaders are lost. */
@EnabledIfEnvironmentVariable(
    named = "CONSUL_BIN",
    matches = ".+",
    disabledReason = "CONSUL_BIN names no real Consul")
class RealServersIT {
  private static final int SERVERS = 3;

  @TempDir Path folder;

  private PeerCluster hanse;
  private PeerCluster consul;

  @BeforeEach
  void start() throws IOException {
    hanse = PeerCluster.start("hanse", Product.HANSE, folder, SERVERS);
    consul = PeerCluster.start("consul", Product.CONSUL, folder, SERVERS);
  }

  @AfterEach
  void stop() {
    Optional.ofNullable(hanse).ifPresent(PeerCluster::close);
    Optional.ofNullable(consul).ifPresent(PeerCluster::close);
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void shouldReplicateOnWithoutTheLeaderOfEitherSide(Product accepting) throws Exception {
    PeerCluster acceptor = accepting == Product.HANSE ? hanse : consul;
    PeerCluster dialer = acceptor == hanse ? consul : hanse;
    PeerCluster.peer(acceptor, dialer);
    hanse.register();
    consul.register();
    hanse.export(consul);
    consul.export(hanse);
    awaitAll("passing");
    assertThat(dialer.peering(acceptor).at("PeerServerAddresses").items()).hasSize(SERVERS);

    AgentProcess lost = acceptor.killLeader();
    change("fail");
    awaitAll("critical");
    lost.startAgain();

    AgentProcess other = dialer.killLeader();
    change("pass");
    awaitAll("passing");
    other.startAgain();

    lost.awaitReady();
    other.awaitReady();
    change("warn");
    awaitAll("warning");
  }

  /** Of the service's own check, at its own agent, which waits for no leader. */
  private void change(String status) throws IOException {
    for (PeerCluster each : List.of(hanse, consul)) {
      each.json("PUT", "/v1/agent/check/" + status + "/alive", "");
    }
  }

  private void awaitAll(String status) {
    hanse.awaitImport(consul, status);
    consul.awaitImport(hanse, status);
    hanse.awaitState(consul, "ACTIVE");
    consul.awaitState(hanse, "ACTIVE");
  }
}
