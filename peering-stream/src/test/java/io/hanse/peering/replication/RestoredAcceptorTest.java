package io.hanse.peering.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PeeringState;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Peerings;
import io.hanse.peering.PeeringSettings;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A cluster that is dialed, made anew from an archive that is older than the secret of streams. */
class RestoredAcceptorTest {
  private static final String ALPHA_ID = "a1fa0000-0000-4000-8000-000000000001";
  private static final String BETA_ID = "be7a0000-0000-4000-8000-000000000002";

  private final SimTime time = new SimTime(1);
  private final SimNetwork network = new SimNetwork(time);
  private final SimCluster alpha = new SimCluster("alpha", time, network, command -> {});
  private final SimCluster beta = new SimCluster("beta", time, network, command -> {});

  @BeforeEach
  void restore() {
    beta.apply(SimCommands.initialize(BETA_ID, "dc-beta"));
    beta.apply(SimCommands.dialer(BETA_ID, "alpha", ALPHA_ID, alpha.addresses(), "next"));
    try (SimCluster lost = new SimCluster("lost", time, network, command -> {});
        View view = archived(lost)) {
      SimCommands.restore("r", SimCommands.snapshot(view)).forEach(alpha::apply);
    }
    alpha.start();
    beta.start();
    time.runFor(10_000);
  }

  private static View archived(SimCluster lost) {
    lost.apply(SimCommands.initialize(ALPHA_ID, "dc-alpha"));
    lost.apply(SimCommands.acceptor(ALPHA_ID, "beta", "establishment"));
    lost.apply(SimCommands.exchange(ALPHA_ID, "establishment", "stream"));
    lost.apply(SimCommands.promote(ALPHA_ID, "beta", "stream"));
    return lost.view();
  }

  @AfterEach
  void close() {
    alpha.close();
    beta.close();
  }

  private Peering shown() {
    SimCluster.Server leader = alpha.servers.get(0);
    LeaderStatuses statuses = new LeaderStatuses(leader.statuses, leader, alpha, 45_000);
    statuses.serve(PeeringSettings.defaults("dc-alpha"));
    try (View view = alpha.view()) {
      return statuses.overlay(new Peerings(view).all(), Duration.ofSeconds(1)).join().get(0);
    }
  }

  @Test
  void shouldSayWhatToDoAndBeConnectedOnceThatIsDone() {
    assertThat(shown().getState()).isEqualTo(PeeringState.PENDING);
    assertThat(shown().getDetail().getReason())
        .startsWith("the other cluster, which dials, wanted to connect at ")
        .contains("by a secret that is not known here")
        .endsWith("generate a token here, and establish with it there under the same name");
    assertThat(shown().hasRemote()).as("it was not in the archive").isFalse();

    alpha.apply(SimCommands.acceptor(ALPHA_ID, "beta", "again"));
    alpha.apply(SimCommands.exchange(ALPHA_ID, "again", "newest"));
    beta.apply(SimCommands.dialer(BETA_ID, "alpha", ALPHA_ID, alpha.addresses(), "newest"));
    time.runFor(70_000);
    assertThat(shown().getState()).isEqualTo(PeeringState.ACTIVE);
    assertThat(shown().getDetail().getReason()).isEmpty();
    assertThat(shown().getRemote().getDatacenter()).isEqualTo("dc-beta");
  }
}
