package io.hanse.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Three servers peered with three of a real Consul, each side behind a gateway of its own. */
@NeedsEnvoy
class RealMeshedServersIT {
  private static final int SERVERS = 3;

  @TempDir Path folder;

  private MeshedPair mesh;
  private PeeredPair pair;

  @BeforeEach
  void start() throws IOException {
    mesh = MeshedPair.start(folder, SERVERS);
    pair = mesh.peers;
  }

  @AfterEach
  void stop() {
    Optional.ofNullable(mesh).ifPresent(MeshedPair::close);
  }

  /** The next leader is found through gateways that lead to all servers. */
  @ParameterizedTest
  @EnumSource(Product.class)
  void shouldFindTheNextLeaderThroughTheGatewaysOfBothSides(Product accepting) throws Exception {
    PeerCluster acceptor = pair.of(accepting);
    mesh.peerAndCallThroughGateways(acceptor);
    for (PeerCluster each : List.of(acceptor, pair.other(acceptor))) {
      AgentProcess lost = each.killLeader();
      pair.awaitChanges();
      assertThat(mesh.dataPlane(acceptor).relayed(acceptor.serverName())).isPositive();
      mesh.awaitCalls();
      lost.startAgain();
      lost.awaitReady();
    }
  }
}
