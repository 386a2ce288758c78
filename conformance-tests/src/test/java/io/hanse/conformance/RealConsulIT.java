package io.hanse.conformance;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** A peering's whole life with a real Consul at the other end, whoever makes and ends it. */
@EnabledIfEnvironmentVariable(
    named = "CONSUL_BIN",
    matches = ".+",
    disabledReason = "CONSUL_BIN names no real Consul")
class RealConsulIT {
  @TempDir Path folder;

  private PeerCluster hanse;
  private PeerCluster consul;

  @BeforeEach
  void start() throws IOException {
    hanse = PeerCluster.start("hanse", Product.HANSE, folder);
    consul = PeerCluster.start("consul", Product.CONSUL, folder);
  }

  @AfterEach
  void stop() {
    Optional.ofNullable(hanse).ifPresent(PeerCluster::close);
    Optional.ofNullable(consul).ifPresent(PeerCluster::close);
  }

  @Test
  void shouldLiveWithAConsulThatDialsAndEnds() throws IOException {
    live(hanse, consul, consul);
  }

  @Test
  void shouldLiveWithAConsulThatAcceptsAndEnds() throws IOException {
    live(consul, hanse, consul);
  }

  @Test
  void shouldEndWhatAConsulDials() throws IOException {
    live(hanse, consul, hanse);
  }

  @Test
  void shouldEndWhatAConsulAccepts() throws IOException {
    live(consul, hanse, hanse);
  }

  /** Each is a peer of both others and exports to one of them; no two call a third the same. */
  @Test
  void shouldLiveInARingOfThree() throws IOException {
    try (PeerCluster third = PeerCluster.start("third", Product.HANSE, folder)) {
      List<PeerCluster> ring = List.of(hanse, consul, third);
      for (PeerCluster side : ring) {
        side.register();
      }
      for (int i = 0; i < ring.size(); i++) {
        PeerCluster next = ring.get((i + 1) % ring.size());
        PeerCluster.peer(ring.get(i), next);
        ring.get(i).export(next);
      }
      awaitRing(ring);

      third.restart();
      awaitRing(ring);

      hanse.end(consul);
      hanse.awaitState(consul, "");
      consul.awaitState(hanse, "TERMINATED");
      consul.awaitImport(hanse, "");
      third.awaitImport(consul, "passing");
      hanse.awaitImport(third, "passing");

      PeerCluster.peer(hanse, consul);
      awaitRing(ring);
    }
  }

  private static void awaitRing(List<PeerCluster> ring) {
    for (int i = 0; i < ring.size(); i++) {
      PeerCluster side = ring.get(i);
      PeerCluster next = ring.get((i + 1) % ring.size());
      side.awaitState(next, "ACTIVE");
      next.awaitState(side, "ACTIVE");
      next.awaitImport(side, "passing");
      side.awaitImport(next, "");
    }
  }

  private void live(PeerCluster acceptor, PeerCluster dialer, PeerCluster ender)
      throws IOException {
    PeerCluster.peer(acceptor, dialer);
    hanse.register();
    hanse.export(consul);
    consul.register();
    consul.export(hanse);
    everywhere("ACTIVE", "passing");

    hanse.json("PUT", "/v1/agent/check/fail/alive", "");
    consul.json("PUT", "/v1/agent/check/fail/alive", "");
    everywhere("ACTIVE", "critical");

    hanse.json("PUT", "/v1/agent/service/deregister/app", "");
    consul.json("PUT", "/v1/agent/service/deregister/app", "");
    everywhere("ACTIVE", "");

    hanse.register();
    consul.register();
    everywhere("ACTIVE", "passing");

    PeerCluster other = ender == hanse ? consul : hanse;
    ender.end(other);
    ender.awaitState(other, "");
    other.awaitState(ender, "TERMINATED");
    hanse.awaitImport(consul, "");
    consul.awaitImport(hanse, "");
  }

  private void everywhere(String state, String status) {
    hanse.awaitState(consul, state);
    consul.awaitState(hanse, state);
    hanse.awaitImport(consul, status);
    consul.awaitImport(hanse, status);
  }
}
