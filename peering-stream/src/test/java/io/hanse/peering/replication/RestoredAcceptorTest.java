package io.hanse.peering.replication;

import static io.hanse.peering.replication.SimPair.ALPHA_ID;
import static io.hanse.peering.replication.SimPair.BETA_ID;
import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PeeringState;
import io.hanse.fsm.store.View;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A cluster that is dialed, made anew from an archive that is older than the secret of streams. */
class RestoredAcceptorTest {
  private final SimPair pair = SimPair.empty();
  private final SimCluster alpha = pair.alpha;
  private final SimCluster beta = pair.beta;

  @BeforeEach
  void restore() {
    beta.apply(SimCommands.initialize(BETA_ID, "dc-beta"));
    beta.apply(SimCommands.dialer(BETA_ID, "alpha", ALPHA_ID, alpha.addresses(), "next"));
    try (SimCluster lost = new SimCluster("lost", pair.time, pair.network, command -> {});
        View view = archived(lost)) {
      SimCommands.restore("r", SimCommands.snapshot(view)).forEach(alpha::apply);
    }
    pair.start();
    pair.time.runFor(5_000);
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
    pair.close();
  }

  private Peering shown() {
    return SimPair.shown(alpha);
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
    pair.time.runFor(70_000);
    assertThat(shown().getState()).isEqualTo(PeeringState.ACTIVE);
    assertThat(shown().getDetail().getReason()).isEmpty();
    assertThat(shown().getRemote().getDatacenter()).isEqualTo("dc-beta");
  }
}
