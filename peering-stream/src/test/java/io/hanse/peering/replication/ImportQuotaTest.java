package io.hanse.peering.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An importer whose state is full, and then is not, in virtual time. */
class ImportQuotaTest {
  private static final int INSTANCES = 30;

  private final SimPair pair = new SimPair();
  private final SimTime time = pair.time;
  private final SimNetwork network = pair.network;
  private final SimCluster alpha = pair.alpha;

  @BeforeEach
  void start() {
    for (int i = 0; i < INSTANCES; i++) {
      alpha.apply(SimCommands.register("n" + i, "web", 80, "passing"));
    }
    alpha.apply(SimCommands.register("n1", "api", 80, "passing"));
    pair.redeem();
    alpha.apply(SimCommands.export("beta", List.of("api", "web")));
    pair.start();
  }

  @AfterEach
  void close() {
    pair.close();
  }

  /** With another Hanse by changes, with a Consul by whole services. */
  @ParameterizedTest
  @ValueSource(doubles = {1, 0})
  void shouldHaveWhatDidNotFitOnceThereIsRoom(double shareOfChanges) {
    network.speakInChanges(shareOfChanges);
    pair.allowAtBeta(20);
    pair.dial();
    time.runFor(60_000);
    assertThat(pair.readable("api")).isEqualTo(1);
    assertThat(pair.readable("web")).isZero();
    assertThat(network.connections()).hasSize(1);

    pair.allowAtBeta(1_000);
    time.runFor(30_000);
    assertThat(pair.readable("web")).isEqualTo(INSTANCES);
  }

  /** So many rows of its own that a small service takes far less than a twentieth of them. */
  private void fillBeta() {
    for (int i = 0; i < 400; i++) {
      pair.beta.apply(SimCommands.register("own", "own-" + i, "own", 80, "passing"));
    }
    pair.dial();
    // For the roots of the peer.
    pair.allowAtBeta(1);
    time.runFor(60_000);
    assertThat(network.connections()).hasSize(1);
    assertThat(pair.readable("api")).isZero();
  }

  private void free(int from, int count) {
    for (int i = from; i < from + count; i++) {
      pair.beta.apply(SimCommands.deregister("own", "own-" + i));
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {1, 0})
  void shouldHaveASmallServiceAsSoonAsThereIsRoomForIt(double shareOfChanges) {
    network.speakInChanges(shareOfChanges);
    fillBeta();
    free(0, 5);
    time.runFor(15_000);
    assertThat(pair.readable("api")).isEqualTo(1);
    assertThat(pair.readable("web")).isZero();
    assertThat(network.connections()).hasSize(1);
    free(5, 60);
    time.runFor(60_000);
    assertThat(pair.readable("web")).isEqualTo(INSTANCES);
  }

  /** What is freed is too little, and somebody else takes it soon. */
  @ParameterizedTest
  @ValueSource(doubles = {1, 0})
  void shouldNotComeAgainAndAgainWhereItNeverFits(double shareOfChanges) {
    network.speakInChanges(shareOfChanges);
    fillBeta();
    Set<SimNetwork.Connection> seen = new LinkedHashSet<>(network.connections());
    for (int second = 0; second < 600; second++) {
      free(second % 300, 1);
      time.runFor(900);
      String id = "own-" + second % 300;
      pair.beta.apply(SimCommands.register("own", id, "own", 80, "passing"));
      time.runFor(100);
      seen.addAll(network.connections());
    }
    assertThat(seen).hasSizeLessThan(5);
  }
}
