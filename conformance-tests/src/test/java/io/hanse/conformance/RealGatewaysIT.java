package io.hanse.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hanse.peering.PeeringToken;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Peered with a real Consul through gateways: ours on one side, an Envoy on the other. */
@EnabledIfEnvironmentVariable(
    named = "CONSUL_BIN",
    matches = ".+",
    disabledReason = "CONSUL_BIN names no real Consul")
@EnabledIfEnvironmentVariable(
    named = "ENVOY_BIN",
    matches = ".+",
    disabledReason = "ENVOY_BIN names no real Envoy")
class RealGatewaysIT {
  @TempDir Path folder;

  private PeerCluster hanse;
  private PeerCluster consul;
  private DataPlane ofHanse;
  private DataPlane ofConsul;

  @BeforeEach
  void start() throws IOException {
    hanse = PeerCluster.start("hanse", Product.HANSE, folder);
    consul = PeerCluster.start("consul", Product.CONSUL, folder);
    ofHanse = new DataPlane(hanse, folder);
    ofConsul = new DataPlane(consul, folder);
  }

  @AfterEach
  void stop() {
    Optional.ofNullable(ofHanse).ifPresent(DataPlane::close);
    Optional.ofNullable(ofConsul).ifPresent(DataPlane::close);
    Optional.ofNullable(hanse).ifPresent(PeerCluster::close);
    Optional.ofNullable(consul).ifPresent(PeerCluster::close);
  }

  private PeerCluster other(PeerCluster side) {
    return side == hanse ? consul : hanse;
  }

  private DataPlane dataPlane(PeerCluster side) {
    return side == hanse ? ofHanse : ofConsul;
  }

  /** A gateway of one side only is enough, whichever it is. */
  @ParameterizedTest
  @CsvSource({"HANSE, HANSE", "HANSE, CONSUL", "CONSUL, HANSE", "CONSUL, CONSUL"})
  void shouldPeerThroughTheGatewayOfOneSide(Product accepting, Product relaying) throws Exception {
    PeerCluster acceptor = of(accepting);
    PeerCluster relay = of(relaying);
    dataPlane(relay).peerThroughGateways();
    dataPlane(relay).startGateway();
    for (PeerCluster each : List.of(hanse, consul)) {
      each.register();
      each.export(other(each));
    }
    peer(acceptor, relay == acceptor);
    awaitImports();
    assertThat(dataPlane(relay).relayed(acceptor.serverName())).isPositive();
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void shouldPeerAndCallThroughTheGatewaysOfBothSides(Product accepting) throws Exception {
    PeerCluster acceptor = of(accepting);
    for (PeerCluster each : List.of(hanse, consul)) {
      dataPlane(each).peerThroughGateways();
      dataPlane(each).startGateway();
    }
    peer(acceptor, true);
    for (PeerCluster each : List.of(hanse, consul)) {
      dataPlane(each).startSidecar(other(each));
      each.export(other(each));
    }
    awaitImports();
    for (PeerCluster each : List.of(hanse, consul)) {
      assertThat(dataPlane(each).relayed(acceptor.serverName())).as(each.name).isPositive();
      dataPlane(each).awaitCall(other(each));
    }
    // An Envoy now ends the TLS of callers at the gateway; ours relays it to the sidecar.
    for (PeerCluster each : List.of(hanse, consul)) {
      each.write(
          "{\"Kind\":\"service-defaults\",\"Name\":\""
              + each.service()
              + "\",\"Protocol\":\"http\"}");
    }
    for (PeerCluster each : List.of(hanse, consul)) {
      await(each.name + " knows that the other one's service speaks HTTP")
          .atMost(PeerCluster.PATIENCE)
          .untilAsserted(() -> assertThat(each.protocolOf(other(each))).isEqualTo("http"));
      dataPlane(each).awaitCall(other(each));
    }
  }

  private PeerCluster of(Product product) {
    return product == Product.HANSE ? hanse : consul;
  }

  private void peer(PeerCluster acceptor, boolean isThroughItsGateway) throws IOException {
    String token = acceptor.token(other(acceptor));
    assertThat(PeeringToken.decode(token).addresses())
        .containsExactly(
            "127.0.0.1:"
                + (isThroughItsGateway
                    ? dataPlane(acceptor).gatewayPort
                    : acceptor.home.ports().get("grpc_tls")));
    other(acceptor).establish(acceptor, token);
  }

  private void awaitImports() {
    for (PeerCluster each : List.of(hanse, consul)) {
      each.awaitState(other(each), "ACTIVE");
      each.awaitImport(other(each), "passing");
    }
  }
}
