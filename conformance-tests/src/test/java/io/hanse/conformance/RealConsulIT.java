package io.hanse.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.http.RawClient.Response;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A peering's whole life with a real Consul at the other end, whoever makes and ends it. */
@NeedsConsul
class RealConsulIT {
  @TempDir Path folder;

  private PeeredPair pair;

  @BeforeEach
  void start() throws IOException {
    pair = PeeredPair.start(folder);
  }

  @AfterEach
  void stop() {
    Optional.ofNullable(pair).ifPresent(PeeredPair::close);
  }

  @ParameterizedTest
  @CsvSource({"HANSE, HANSE", "HANSE, CONSUL", "CONSUL, HANSE", "CONSUL, CONSUL"})
  void shouldLiveWithAConsul(Product accepting, Product ending) throws IOException {
    pair.peer(pair.of(accepting));
    pair.registerAndExport();
    pair.awaitAll("passing");

    pair.change("critical");
    pair.awaitAll("critical");

    for (PeerCluster each : pair.both()) {
      each.json("PUT", "/v1/agent/service/deregister/app", "");
    }
    pair.awaitAll("");

    for (PeerCluster each : pair.both()) {
      each.register();
    }
    pair.awaitAll("passing");

    PeerCluster ender = pair.of(ending);
    PeerCluster other = pair.other(ender);
    ender.end(other);
    ender.awaitState(other, "");
    other.awaitState(ender, "TERMINATED");
    ender.awaitImport(other, "");
    other.awaitImport(ender, "");
  }

  /** The other one keeps what is ended until it is told to forget it, and then is as new. */
  @ParameterizedTest
  @EnumSource(Product.class)
  void shouldBeginAnewAfterTheDialerEndedIt(Product accepting) throws IOException {
    PeerCluster acceptor = pair.of(accepting);
    PeerCluster dialer = pair.other(acceptor);
    pair.peer(acceptor);
    pair.registerAndExport();
    pair.awaitAll("passing");

    dialer.end(acceptor);
    dialer.awaitState(acceptor, "");
    acceptor.awaitState(dialer, "TERMINATED");
    dialer.awaitImport(acceptor, "");
    acceptor.awaitImport(dialer, "");

    acceptor.end(dialer);
    acceptor.awaitState(dialer, "");
    pair.peer(acceptor);
    pair.awaitAll("passing");
  }

  /** One that was away when we ended it is told once it is back, whoever dials. */
  @ParameterizedTest
  @EnumSource(Product.class)
  void shouldTellAConsulThatWasAwayOfTheEnd(Product accepting) throws IOException {
    pair.peer(pair.of(accepting));
    pair.registerAndExport();
    pair.awaitAll("passing");
    pair.consul.stop();
    pair.hanse.end(pair.consul);
    pair.consul.startAgain();
    pair.consul.awaitState(pair.hanse, "TERMINATED");
    pair.consul.awaitImport(pair.hanse, "");
    pair.hanse.awaitState(pair.consul, "");
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void shouldTakeTheNewestTokenOnly(Product accepting) throws IOException {
    PeerCluster acceptor = pair.of(accepting);
    PeerCluster dialer = pair.other(acceptor);
    String old = acceptor.token(dialer);
    String newest = acceptor.token(dialer);
    Response refused = dialer.tryToEstablish(acceptor, old);
    assertThat(refused.status()).as(refused.text()).isEqualTo(403);
    assertThat(refused.text()).contains("a new peering token must be generated");
    dialer.establish(acceptor, newest);
    pair.registerAndExport();
    pair.awaitAll("passing");
  }

  @Test
  void shouldTellEachOtherWhatIsInMaintenance() throws IOException {
    pair.peer(pair.hanse);
    pair.registerAndExport();
    pair.awaitAll("passing");
    for (String path : List.of("/v1/agent/service/maintenance/app", "/v1/agent/maintenance")) {
      for (boolean begins : new boolean[] {true, false}) {
        for (PeerCluster each : pair.both()) {
          each.json("PUT", path + "?enable=" + begins, "");
        }
        pair.awaitAll(begins ? "maintenance" : "passing");
      }
    }
  }

  /** Each is a peer of both others and exports to one of them; no two call a third the same. */
  @Test
  void shouldLiveInARingOfThree() throws IOException {
    PeerCluster hanse = pair.hanse;
    PeerCluster consul = pair.consul;
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
}
