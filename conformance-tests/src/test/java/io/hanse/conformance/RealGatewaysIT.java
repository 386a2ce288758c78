package io.hanse.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hanse.peering.PeeringToken;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Peered with a real Consul through gateways: ours on one side, an Envoy on the other. */
@NeedsEnvoy
class RealGatewaysIT {
  @TempDir Path folder;

  private MeshedPair mesh;
  private PeeredPair pair;

  @BeforeEach
  void start() throws IOException {
    mesh = MeshedPair.start(folder);
    pair = mesh.peers;
  }

  @AfterEach
  void stop() {
    Optional.ofNullable(mesh).ifPresent(MeshedPair::close);
  }

  /** A gateway of one side only is enough, whichever it is. */
  @ParameterizedTest
  @CsvSource({"HANSE, HANSE", "HANSE, CONSUL", "CONSUL, HANSE", "CONSUL, CONSUL"})
  void shouldPeerThroughTheGatewayOfOneSide(Product accepting, Product relaying)
      throws IOException {
    PeerCluster acceptor = pair.of(accepting);
    PeerCluster relay = pair.of(relaying);
    mesh.dataPlane(relay).peerThroughGateways();
    mesh.dataPlane(relay).startGateway();
    String token = acceptor.token(pair.other(acceptor));
    assertThat(PeeringToken.decode(token).addresses())
        .containsExactly(
            relay == acceptor
                ? mesh.dataPlane(acceptor).gatewayAddress()
                : "127.0.0.1:" + acceptor.home.ports().get("grpc_tls"));
    pair.other(acceptor).establish(acceptor, token);
    pair.registerAndExport();
    pair.awaitAll("passing");
    assertThat(mesh.dataPlane(relay).relayed(acceptor.serverName())).isPositive();
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void shouldPeerAndCallThroughTheGatewaysOfBothSides(Product accepting) throws IOException {
    PeerCluster acceptor = pair.of(accepting);
    mesh.peerAndCallThroughGateways(acceptor);
    for (PeerCluster each : pair.both()) {
      assertThat(mesh.dataPlane(each).relayed(acceptor.serverName())).as(each.name).isPositive();
    }
    // An Envoy now ends the TLS of callers at the gateway; ours relays it to the sidecar.
    for (PeerCluster each : pair.both()) {
      each.write(
          "{\"Kind\":\"service-defaults\",\"Name\":\""
              + each.service()
              + "\",\"Protocol\":\"http\"}");
    }
    for (PeerCluster each : pair.both()) {
      await(each.name + " knows that the other one's service speaks HTTP")
          .atMost(PeerCluster.PATIENCE)
          .untilAsserted(() -> assertThat(each.protocolOf(pair.other(each))).isEqualTo("http"));
    }
    mesh.awaitCalls();
  }
}
