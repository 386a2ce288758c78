package io.hanse.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A cluster of ours and one of a real Consul, which a test makes peers. */
final class PeeredPair implements AutoCloseable {
  final PeerCluster hanse;
  final PeerCluster consul;

  private PeeredPair(PeerCluster hanse, PeerCluster consul) {
    this.hanse = hanse;
    this.consul = consul;
  }

  /** Of one server on each side. */
  static PeeredPair start(Path folder) throws IOException {
    return start(folder, 1);
  }

  /** Of as many servers on each side. */
  static PeeredPair start(Path folder, int size) throws IOException {
    return start(folder, size, "hanse", "consul");
  }

  static PeeredPair start(Path folder, int size, String hanse, String consul) throws IOException {
    PeerCluster ours = PeerCluster.start(hanse, Product.HANSE, folder, size);
    try {
      return new PeeredPair(ours, PeerCluster.start(consul, Product.CONSUL, folder, size));
    } catch (IOException | RuntimeException | AssertionError e) {
      ours.close();
      throw e;
    }
  }

  List<PeerCluster> both() {
    return List.of(hanse, consul);
  }

  PeerCluster of(Product product) {
    return product == Product.HANSE ? hanse : consul;
  }

  PeerCluster other(PeerCluster side) {
    return side == hanse ? consul : hanse;
  }

  /** Makes them peers, by a token of this one. */
  void peer(PeerCluster acceptor) throws IOException {
    PeerCluster.peer(acceptor, other(acceptor));
  }

  /** Gives each a service of its own, which the other one is shown. */
  void registerAndExport() throws IOException {
    for (PeerCluster each : both()) {
      each.register();
      each.export(other(each));
    }
  }

  /** Each hears the other, and has imported its service with this check; none if it is empty. */
  void awaitAll(String status) {
    for (PeerCluster each : both()) {
      each.awaitState(other(each), "ACTIVE");
      each.awaitImport(other(each), status);
    }
  }

  /** What happens to services on either side is seen on the other. */
  void awaitChanges() throws IOException {
    for (String status : List.of("warning", "passing")) {
      change(status);
      awaitAll(status);
    }
  }

  /** Of each service's own check, at its own agent, which waits for no leader. */
  void change(String status) throws IOException {
    for (PeerCluster each : both()) {
      each.json("PUT", "/v1/agent/check/update/alive", "{\"Status\":\"" + status + "\"}");
    }
  }

  @Override
  public void close() {
    both().forEach(PeerCluster::close);
  }

  /** Until the new one of the Consul is trusted beside the old. */
  void replaceRoots() throws IOException {
    hanse.rotateRoot();
    String root = consul.rotateRoot();
    await("the new root of the Consul is trusted")
        .atMost(PeerCluster.PATIENCE)
        .untilAsserted(() -> assertThat(hanse.trustedRootsOf(consul)).hasSize(2).contains(root));
  }

  /** Both are away at a time. */
  void restartAtOnce() throws IOException {
    both().forEach(PeerCluster::stop);
    for (PeerCluster each : both()) {
      each.startAgain();
    }
  }
}
