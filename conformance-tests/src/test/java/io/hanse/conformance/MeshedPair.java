package io.hanse.conformance;

import java.io.IOException;
import java.nio.file.Path;

/** A peered pair with a data plane on each side: our proxies here, Envoys there. */
final class MeshedPair implements AutoCloseable {
  final PeeredPair peers;
  private final DataPlane ofHanse;
  private final DataPlane ofConsul;

  private MeshedPair(PeeredPair peers, DataPlane ofHanse, DataPlane ofConsul) {
    this.peers = peers;
    this.ofHanse = ofHanse;
    this.ofConsul = ofConsul;
  }

  /** Without any proxy yet, and of one server on each side. */
  static MeshedPair start(Path folder) throws IOException {
    return start(folder, 1);
  }

  static MeshedPair start(Path folder, int size) throws IOException {
    PeeredPair peers = PeeredPair.start(folder, size);
    return new MeshedPair(
        peers, new DataPlane(peers.hanse, folder), new DataPlane(peers.consul, folder));
  }

  DataPlane dataPlane(PeerCluster side) {
    return side == peers.hanse ? ofHanse : ofConsul;
  }

  /** Has both peer through a gateway of their own, and show and call each other's service. */
  void peerAndCallThroughGateways(PeerCluster acceptor) throws IOException {
    for (PeerCluster each : peers.both()) {
      dataPlane(each).peerThroughGateways();
      dataPlane(each).startGateway();
    }
    peers.peer(acceptor);
    startSidecars();
    peers.awaitAll("passing");
    awaitCalls();
  }

  private void startSidecars() throws IOException {
    for (PeerCluster each : peers.both()) {
      dataPlane(each).startSidecar(peers.other(each));
      each.export(peers.other(each));
    }
  }

  void awaitCalls() {
    for (PeerCluster each : peers.both()) {
      dataPlane(each).awaitCall(peers.other(each));
    }
  }

  @Override
  public void close() {
    ofHanse.close();
    ofConsul.close();
    peers.close();
  }
}
