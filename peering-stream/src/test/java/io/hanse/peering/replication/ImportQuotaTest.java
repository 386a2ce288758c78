package io.hanse.peering.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.WriteQuota;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Health;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An importer whose state is full, and then is not, in virtual time. */
class ImportQuotaTest {
  private static final String ALPHA_ID = "a1fa0000-0000-4000-8000-000000000001";
  private static final String BETA_ID = "be7a0000-0000-4000-8000-000000000002";
  private static final int INSTANCES = 30;

  private final SimTime time = new SimTime(1);
  private final SimNetwork network = new SimNetwork(time);
  private final SimCluster alpha = new SimCluster("alpha", time, network, command -> {});
  private final SimCluster beta = new SimCluster("beta", time, network, command -> {});

  @BeforeEach
  void start() {
    alpha.apply(SimCommands.initialize(ALPHA_ID, "dc-alpha"));
    beta.apply(SimCommands.initialize(BETA_ID, "dc-beta"));
    for (int i = 0; i < INSTANCES; i++) {
      alpha.apply(SimCommands.register("n" + i, "web", 80, "passing"));
    }
    alpha.apply(SimCommands.register("n1", "api", 80, "passing"));
    alpha.apply(SimCommands.acceptor(ALPHA_ID, "beta", "establishment"));
    alpha.apply(SimCommands.exchange(ALPHA_ID, "establishment", "stream"));
    alpha.apply(SimCommands.export("beta", List.of("api", "web")));
    alpha.start();
    beta.start();
    time.runFor(5_000);
  }

  @AfterEach
  void close() {
    alpha.close();
    beta.close();
  }

  private void allow(long moreRows) {
    try (View view = beta.view()) {
      beta.apply(
          Command.newBuilder()
              .setWriteQuota(
                  WriteQuota.newBuilder()
                      .setRowsMax(view.countedRows() + moreRows)
                      .setBytesMax(1L << 30))
              .build());
    }
  }

  private int readable(String service) {
    try (View view = beta.view()) {
      return new Health(view).service("alpha", service).size();
    }
  }

  /** With another Hanse by changes, with a Consul by whole services. */
  @ParameterizedTest
  @ValueSource(doubles = {1, 0})
  void shouldHaveWhatDidNotFitOnceThereIsRoom(double shareOfChanges) {
    network.speakInChanges(shareOfChanges);
    allow(20);
    beta.apply(SimCommands.dialer(BETA_ID, "alpha", ALPHA_ID, alpha.addresses(), "stream"));
    time.runFor(60_000);
    assertThat(readable("api")).isEqualTo(1);
    assertThat(readable("web")).isZero();
    assertThat(network.connections()).hasSize(1);

    allow(1_000);
    time.runFor(30_000);
    assertThat(readable("web")).isEqualTo(INSTANCES);
  }
}
