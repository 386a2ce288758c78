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

/**
 * Three servers peered with three of a real Consul, while leaders are lost and all else changes.
 */
@NeedsConsul
class RealServersIT {
  private static final int SERVERS = 3;

  @TempDir Path folder;

  private PeeredPair pair;

  @BeforeEach
  void start() throws IOException {
    pair = PeeredPair.start(folder, SERVERS);
  }

  @AfterEach
  void stop() {
    Optional.ofNullable(pair).ifPresent(PeeredPair::close);
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void shouldReplicateOnWithoutTheLeaderOfEitherSide(Product accepting) throws Exception {
    PeerCluster acceptor = pair.of(accepting);
    PeerCluster dialer = pair.other(acceptor);
    pair.peer(acceptor);
    pair.registerAndExport();
    pair.awaitAll("passing");
    assertThat(dialer.peering(acceptor).at("PeerServerAddresses").items()).hasSize(SERVERS);

    AgentProcess lost = acceptor.killLeader();
    pair.change("critical");
    pair.awaitAll("critical");
    lost.startAgain();

    AgentProcess other = dialer.killLeader();
    pair.change("passing");
    pair.awaitAll("passing");
    other.startAgain();

    lost.awaitReady();
    other.awaitReady();
    pair.change("warning");
    pair.awaitAll("warning");
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void shouldGoOnWithNewRootsAndBehindARestartOfEverything(Product accepting) throws IOException {
    PeerCluster acceptor = pair.of(accepting);
    pair.peer(acceptor);
    pair.registerAndExport();
    pair.awaitAll("passing");
    pair.replaceRoots();
    pair.awaitChanges();
    pair.other(acceptor).restart();
    pair.awaitAll("passing");
    acceptor.restart();
    pair.awaitAll("passing");
    pair.restartAtOnce();
    pair.awaitAll("passing");
    pair.awaitChanges();
  }

  /** By the leaders that came behind those who took the token. */
  @ParameterizedTest
  @EnumSource(Product.class)
  void shouldTakeANewTokenAndBeginAnewAfterEitherEndedIt(Product accepting) throws Exception {
    PeerCluster acceptor = pair.of(accepting);
    PeerCluster dialer = pair.other(acceptor);
    pair.peer(acceptor);
    pair.registerAndExport();
    pair.awaitAll("passing");

    dialer.establish(acceptor, acceptor.token(dialer));
    for (PeerCluster each : List.of(dialer, acceptor)) {
      AgentProcess lost = each.killLeader();
      pair.awaitChanges();
      lost.startAgain();
      lost.awaitReady();
    }

    acceptor.end(dialer);
    acceptor.awaitState(dialer, "");
    dialer.awaitState(acceptor, "TERMINATED");
    dialer.awaitImport(acceptor, "");
    pair.peer(acceptor);
    pair.awaitAll("passing");

    dialer.end(acceptor);
    dialer.awaitState(acceptor, "");
    acceptor.awaitState(dialer, "TERMINATED");
    acceptor.awaitImport(dialer, "");
    acceptor.end(dialer);
    acceptor.awaitState(dialer, "");
    pair.peer(acceptor);
    pair.awaitAll("passing");
    pair.awaitChanges();
  }
}
