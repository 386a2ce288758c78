package io.hanse.peering.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
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
}
