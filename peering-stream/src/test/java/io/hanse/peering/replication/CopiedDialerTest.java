package io.hanse.peering.replication;

import static io.hanse.peering.replication.SimPair.ALPHA_ID;
import static io.hanse.peering.replication.SimPair.BETA_ID;
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

/** A copy of the dialing cluster, restored elsewhere with a secret that was followed by another. */
class CopiedDialerTest {
  private static final String OTHERS = "another cluster dialed at ";

  private final SimPair pair = new SimPair();
  private final SimCluster copy = new SimCluster("copy", pair.time, pair.network, command -> {});

  @BeforeEach
  void peer() {
    pair.start();
    pair.connect();
    assertThat(shown().getState()).isEqualTo(PeeringState.ACTIVE);
    copy.apply(SimCommands.initialize(BETA_ID, "dc-beta"));
    copy.apply(
        SimCommands.dialer(BETA_ID, "alpha", ALPHA_ID, pair.alpha.addresses(), "an older secret"));
    copy.start();
    pair.time.runFor(60_000);
  }

  @AfterEach
  void close() {
    copy.close();
    pair.close();
  }

  private Peering shown() {
    SimCluster.Server leader = pair.alpha.servers.get(0);
    LeaderStatuses statuses = new LeaderStatuses(leader.statuses, leader, pair.alpha, 45_000);
    statuses.serve(PeeringSettings.defaults("dc-alpha"));
    try (View view = pair.alpha.view()) {
      return statuses.overlay(new Peerings(view).all(), Duration.ofSeconds(1)).join().get(0);
    }
  }

  @Test
  void shouldBeNamedWhileThePeerItselfIsWell() {
    assertThat(shown().getState()).isEqualTo(PeeringState.ACTIVE);
    assertThat(shown().getDetail().getReason()).startsWith(OTHERS);
  }

  /** Nothing of the peer's is wrong: to generate a token would help nobody. */
  @Test
  void shouldNotBeTakenForThePeerThatIsLostForAMoment() {
    pair.network.connections().stream()
        .filter(connection -> connection.from.startsWith("beta"))
        .forEach(SimNetwork.Connection::cut);
    pair.time.runFor(5);
    assertThat(shown().getState()).isEqualTo(PeeringState.FAILING);
    pair.alpha.servers.get(0).statuses.secretRefused(ALPHA_ID, pair.time.nowMillis());
    assertThat(shown().getDetail().getReason()).contains(OTHERS).doesNotContain("generate a token");
  }
}
