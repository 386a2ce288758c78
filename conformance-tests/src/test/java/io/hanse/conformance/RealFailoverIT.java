package io.hanse.conformance;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A service whose resolver leads to a real Consul, and one of a Consul's whose leads to us. */
@NeedsEnvoy
class RealFailoverIT {
  @TempDir Path folder;

  private MeshedPair mesh;

  @BeforeEach
  void start() throws IOException {
    mesh = MeshedPair.start(folder);
  }

  @AfterEach
  void stop() {
    Optional.ofNullable(mesh).ifPresent(MeshedPair::close);
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void shouldCallThePeerWhileTheOwnInstanceIsLostOrInMaintenance(Product failing) throws Exception {
    mesh.peerAndCallThroughGateways(mesh.peers.hanse);
    PeerCluster side = mesh.peers.of(failing);
    PeerCluster peer = mesh.peers.other(side);
    DataPlane plane = mesh.dataPlane(side);
    side.write(
        """
        {"Kind":"service-resolver", "Name":"%s", "ConnectTimeout":"2s",
         "Failover":{"*":{"Targets":[{"Service":"%s", "Peer":"%s"}]}}}
        """
            .formatted(side.service(), peer.service(), side.callOf(peer)));
    plane.startCaller();
    plane.awaitAnswer(side);
    plane.sidecar().kill();
    plane.awaitAnswer(peer);
    plane.sidecar().startAgain();
    plane.awaitAnswer(side);
    side.maintain(true);
    plane.awaitAnswer(peer);
    side.maintain(false);
    plane.awaitAnswer(side);
  }
}
