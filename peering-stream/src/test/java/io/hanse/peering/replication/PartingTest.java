package io.hanse.peering.replication;

import static io.hanse.peering.replication.SimPair.ALPHA_ID;
import static io.hanse.peering.replication.SimPair.BETA_ID;
import static io.hanse.peering.replication.SimPair.peering;
import static io.hanse.peering.replication.SimPair.state;
import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PeeringState;
import io.hanse.fsm.row.SystemRecord;
import io.hanse.fsm.row.WritePeering;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Peerings;
import io.hanse.fsm.view.SystemRecords;
import io.hanse.peering.PartingNotes;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The other cluster hears of a deletion though all servers of the dialing one start anew. */
class PartingTest {
  private static final String NEXT_ID = "be7a0000-0000-4000-8000-000000000003";

  private final SimPair pair = new SimPair();
  private final SimTime time = pair.time;
  private final SimNetwork network = pair.network;
  private final SimCluster alpha = pair.alpha;
  private final SimCluster beta = pair.beta;

  @BeforeEach
  void connect() {
    pair.start();
    pair.connect();
  }

  @AfterEach
  void close() {
    pair.close();
  }

  private List<String> notes() {
    try (View view = beta.view()) {
      return new SystemRecords(view)
          .all().stream()
              .map(SystemRecord::getKey)
              .filter(key -> key.startsWith("parting-"))
              .toList();
    }
  }

  @Test
  void shouldTellAnAcceptorThatIsAwayThoughAllServersStartedAnew() {
    network.trouble(20, 1);
    network.connections().forEach(SimNetwork.Connection::cut);
    time.runFor(20_000);
    beta.delete("alpha");
    time.runFor(10_000);
    assertThat(peering(beta, "alpha")).isEmpty();
    beta.servers.forEach(SimCluster.Server::restart);
    beta.settle();
    time.runFor(20_000);
    assertThat(notes()).isNotEmpty();
    network.trouble(20, 0);
    time.runFor(20_000);
    assertThat(state(alpha, "beta")).hasValue(PeeringState.TERMINATED);
    assertThat(network.connections()).isEmpty();
    assertThat(notes()).isEmpty();
  }

  @Test
  void shouldKeepNoNoteOfADeletionThatTheOtherClusterKnows() {
    beta.delete("alpha");
    time.runFor(5_000);
    assertThat(state(alpha, "beta")).hasValue(PeeringState.TERMINATED);
    assertThat(notes()).isEmpty();
  }

  /** At both clusters, as soon as one of them may have told the other. */
  @Test
  void shouldDialAgainWhatARestoreBringsBackAtAnyMomentOfADeletion() {
    byte[] archive = archive();
    for (int millis = 0; millis < 2_000; millis += millis < 200 ? 5 : 100) {
      byte[] there;
      try (View view = alpha.view()) {
        there = SimCommands.snapshot(view);
      }
      beta.delete("alpha");
      time.runFor(millis);
      SimCommands.restore("r" + millis, archive).forEach(beta::apply);
      SimCommands.restore("r" + millis, there).forEach(alpha::apply);
      time.runFor(60_000);
      assertThat(beta.servers.get(0).statuses.isConnected(BETA_ID))
          .as("after " + millis + " ms")
          .isTrue();
    }
  }

  /** By the old secret, which the other cluster still knows, it would end the new one. */
  @Test
  void shouldSayNoFarewellWhileTheSameIsEstablishedAnew() {
    beginAnewWhileAlphaIsAway();
    time.runFor(30_000);
    assertThat(peering(alpha, "beta").filter(Peerings::isActive)).isPresent();
    beta.apply(SimCommands.dialer(NEXT_ID, "alpha", ALPHA_ID, alpha.addresses(), "next stream"));
    time.runFor(ReplicationSettings.DEFAULT.farewellMillisMax());
    assertThat(peering(alpha, "beta").filter(Peerings::isActive)).isPresent();
    assertThat(beta.servers.get(0).statuses.isConnected(NEXT_ID)).isTrue();
    assertThat(notes()).isEmpty();
  }

  @Test
  void shouldSayItAfterAllWhereThatComesToNothing() {
    beginAnewWhileAlphaIsAway();
    time.runFor(ReplicationSettings.DEFAULT.tokenWayMillisMax() + 60_000);
    assertThat(state(alpha, "beta")).hasValue(PeeringState.TERMINATED);
    assertThat(notes()).isEmpty();
  }

  /** The token is redeemed as soon as alpha is there again. */
  private void beginAnewWhileAlphaIsAway() {
    network.trouble(20, 1);
    network.connections().forEach(SimNetwork.Connection::cut);
    time.runFor(20_000);
    beta.delete("alpha");
    time.runFor(10_000);
    assertThat(peering(beta, "alpha")).isEmpty();
    alpha.apply(SimCommands.acceptor(ALPHA_ID, "beta", "next token"));
    beta.apply(
        Command.newBuilder()
            .setWritePeering(
                WritePeering.newBuilder()
                    .setPeering(
                        Peering.newBuilder()
                            .setId(NEXT_ID)
                            .setName("alpha")
                            .setPeerId(ALPHA_ID)
                            .setPeerServerName("server")
                            .addPeerCaPems("PEM")
                            .addAllPeerServerAddresses(alpha.addresses())))
            .build());
    alpha.apply(SimCommands.exchange(ALPHA_ID, "next token", "next stream"));
    network.trouble(20, 0);
  }

  private byte[] archive() {
    try (View view = beta.view()) {
      return SimCommands.snapshot(view);
    }
  }

  @Test
  void shouldTellNobodyOfADeletionThatNeverCame() {
    try (View view = beta.view()) {
      PartingNotes.before(view, "alpha", time.nowMillis()).forEach(beta::apply);
    }
    beta.servers.forEach(SimCluster.Server::restart);
    beta.settle();
    time.runFor(40_000);
    assertThat(network.farewells()).isZero();
    assertThat(network.connections()).hasSize(1);
    time.runFor(ReplicationSettings.DEFAULT.farewellMillisMax());
    beta.moveLeadership(beta.servers.get(1));
    time.runFor(10_000);
    beta.moveLeadership(beta.servers.get(2));
    time.runFor(10_000);
    assertThat(network.farewells()).isZero();
    assertThat(notes()).isEmpty();
  }
}
