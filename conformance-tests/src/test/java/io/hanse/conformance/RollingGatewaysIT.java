package io.hanse.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hanse.peering.PeeringToken;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two clusters that call each other through two gateways each, which are restarted in turns. */
class RollingGatewaysIT extends TwoMeshes {
  private static final int CALLERS = 4;

  /** For so long what goes on through a gateway that stops may go on. */
  private static final Duration DRAIN = Duration.ofSeconds(20);

  @BeforeEach
  void start() throws IOException {
    ofAlpha.startGateway();
    ofAlpha.startSecondGateway();
  }

  /** Whoever calls is led to the other one before the first lets nobody in any more. */
  @Test
  void shouldLoseNoCallWhileGatewaysAreRestartedInTurns() throws Exception {
    ofBeta.startGateway();
    ofBeta.startSecondGateway();
    PeerCluster.peer(alpha, beta);
    ofAlpha.startSidecar(beta);
    ofBeta.startSidecar(alpha);
    alpha.export(beta);
    ofBeta.awaitCall(alpha);
    List<SteadyCalls> callers = new ArrayList<>();
    for (int i = 0; i < CALLERS; i++) {
      callers.add(part(SteadyCalls.start("caller " + i, ofBeta.upstream(), alpha.name)));
    }
    for (DataPlane side : List.of(ofAlpha, ofBeta)) {
      for (ProxyProcess gateway : side.gateways()) {
        awaitCallsThrough(gateway);
      }
      for (ProxyProcess gateway : side.gateways()) {
        gateway.stop();
        callers.get(0).awaitMore(50);
        gateway.startAgain();
        awaitCallsThrough(gateway);
      }
    }
    assertThat(callers).allSatisfy(each -> assertThat(each.failures()).isEmpty());
  }

  /** The one that a dialer has lost first may be the one that it finds again. */
  @Test
  void shouldBeFoundByWhicheverGatewayIsBackAndTellOfBothMeanwhile() throws Exception {
    ofAlpha.peerThroughGateways();
    alpha.register();
    alpha.export(beta);
    List<String> told = addressesOfToken();
    assertThat(told).hasSize(2);
    PeerCluster.peer(alpha, beta);
    beta.awaitImport(alpha, "passing");
    for (ProxyProcess gateway : ofAlpha.gateways()) {
      assertThat(gateway.stop()).as("with no more than a stream to servers").isLessThan(DRAIN);
      assertThat(addressesOfToken()).containsExactlyInAnyOrderElementsOf(told);
    }
    ofAlpha.gateway().startAgain();
    alpha.json("PUT", "/v1/agent/check/update/alive", "{\"Status\":\"warning\"}");
    beta.awaitImport(alpha, "warning");
  }

  private List<String> addressesOfToken() throws IOException {
    String token =
        alpha
            .json("POST", "/v1/peering/token", "{\"PeerName\":\"another\"}")
            .at("PeeringToken")
            .text();
    return PeeringToken.decode(token).addresses();
  }

  private static void awaitCallsThrough(ProxyProcess gateway) throws IOException {
    long before = gateway.relayed();
    await("calls come through a gateway")
        .atMost(PeerCluster.PATIENCE)
        .until(() -> gateway.relayed() > before + 10);
  }
}
