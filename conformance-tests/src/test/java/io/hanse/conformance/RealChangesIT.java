package io.hanse.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hanse.cli.value.Value;
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

/** What changes around a peering with a real Consul: roots, addresses, tokens, processes. */
@EnabledIfEnvironmentVariable(
    named = "CONSUL_BIN",
    matches = ".+",
    disabledReason = "CONSUL_BIN names no real Consul")
class RealChangesIT {
  @TempDir Path folder;

  private PeerCluster hanse;
  private PeerCluster consul;

  @BeforeEach
  void start() throws IOException {
    hanse = PeerCluster.start("hanse", Product.HANSE, folder);
    consul = PeerCluster.start("consul", Product.CONSUL, folder);
    for (PeerCluster each : List.of(hanse, consul)) {
      each.register();
      each.export(other(each));
    }
  }

  @AfterEach
  void stop() {
    Optional.ofNullable(hanse).ifPresent(PeerCluster::close);
    Optional.ofNullable(consul).ifPresent(PeerCluster::close);
  }

  private PeerCluster of(Product product) {
    return product == Product.HANSE ? hanse : consul;
  }

  private PeerCluster other(PeerCluster side) {
    return side == hanse ? consul : hanse;
  }

  private void awaitAll() {
    for (PeerCluster each : List.of(hanse, consul)) {
      each.awaitState(other(each), "ACTIVE");
      each.awaitImport(other(each), "passing");
    }
  }

  /** What happens to services on either side is seen on the other. */
  private void awaitChanges() throws IOException {
    for (String status : List.of("warn", "pass")) {
      for (PeerCluster each : List.of(hanse, consul)) {
        each.json("PUT", "/v1/agent/check/" + status + "/alive", "");
      }
      for (PeerCluster each : List.of(hanse, consul)) {
        each.awaitImport(other(each), status.equals("warn") ? "warning" : "passing");
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void shouldTrustNewRootsAndSurviveARestartOfEverything(Product accepting) throws IOException {
    PeerCluster acceptor = of(accepting);
    PeerCluster dialer = other(acceptor);
    PeerCluster.peer(acceptor, dialer);
    awaitAll();
    hanse.rotateRoot();
    String root = consul.rotateRoot();
    await("the new root of the Consul is trusted")
        .atMost(PeerCluster.PATIENCE)
        .untilAsserted(() -> assertThat(hanse.trustedRootsOf(consul)).hasSize(2).contains(root));
    awaitChanges();
    dialer.restart();
    awaitAll();
    acceptor.restart();
    awaitAll();
    hanse.stop();
    consul.stop();
    hanse.startAgain();
    consul.startAgain();
    awaitAll();
    awaitChanges();
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void shouldFollowAddressesAndTakeANewToken(Product accepting) throws IOException {
    PeerCluster acceptor = of(accepting);
    PeerCluster dialer = other(acceptor);
    PeerCluster.peer(acceptor, dialer);
    awaitAll();
    String server = "127.0.0.1:" + acceptor.home.ports().get("grpc_tls");
    awaitDialed(dialer, server);
    acceptor.json(
        "PUT",
        "/v1/agent/service/register",
        "{\"Kind\":\"mesh-gateway\",\"Name\":\"mesh-gateway\",\"Port\":8443,"
            + "\"Address\":\"127.0.0.1\"}");
    acceptor.write("{\"Kind\":\"mesh\",\"Peering\":{\"PeerThroughMeshGateways\":true}}");
    awaitDialed(dialer, "127.0.0.1:8443");
    acceptor.json("DELETE", "/v1/config/mesh/mesh", "");
    awaitDialed(dialer, server);

    dialer.establish(acceptor, acceptor.token(dialer));
    awaitChanges();
    // The stream that runs is left alone: only the next one shows what the new secret opens.
    dialer.restart();
    awaitAll();
    awaitChanges();

    acceptor.end(dialer);
    dialer.awaitState(acceptor, "TERMINATED");
    dialer.awaitImport(acceptor, "");
    acceptor.awaitState(dialer, "");
    dialer.establish(acceptor, acceptor.token(dialer));
    awaitAll();
    awaitChanges();
  }

  private void awaitDialed(PeerCluster dialer, String address) {
    await(dialer.name + " dials " + address)
        .atMost(PeerCluster.PATIENCE)
        .untilAsserted(
            () ->
                assertThat(dialer.peering(other(dialer)).at("PeerServerAddresses").items())
                    .extracting(Value::text)
                    .containsExactly(address));
  }
}
