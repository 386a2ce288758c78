package io.hanse.peering.replication;

import static io.hanse.peering.replication.SimPair.ALPHA_ID;
import static io.hanse.peering.replication.SimPair.BETA_ID;
import static io.hanse.peering.replication.SimPair.peering;
import static io.hanse.peering.replication.SimPair.state;
import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.PeeringState;
import io.hanse.fsm.row.Server;
import io.hanse.fsm.view.Peerings;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How long a deleted peering stays, and who is told, in virtual time. */
class DeletionTest {
  /** To clear away so many takes some seconds. */
  private static final int IMPORTED_NODES = 5_000;

  private final SimPair pair = new SimPair(this::appliedAtAlpha, command -> {});
  private final SimTime time = pair.time;
  private final SimNetwork network = pair.network;
  private final SimCluster alpha = pair.alpha;
  private final SimCluster beta = pair.beta;

  private boolean isAnyServerOlder;

  private void appliedAtAlpha(Command command) {
    if (command.hasTerminatePeering()) {
      assertThat(command.getTerminatePeering().getFence() == 0).isEqualTo(isAnyServerOlder);
      assertThat(command.getLevel() == 0).isEqualTo(isAnyServerOlder);
    }
  }

  @BeforeEach
  void start() {
    pair.start();
  }

  @AfterEach
  void close() {
    pair.close();
  }

  @Test
  void shouldTellADialerThatHasNotComeYet() {
    pair.redeem();
    time.runFor(20);
    alpha.apply(SimCommands.delete("beta"));
    time.runFor(2_000);
    pair.dial();
    time.runFor(30_000);
    assertThat(state(beta, "alpha")).hasValue(PeeringState.TERMINATED);
    assertThat(peering(alpha, "beta")).as("there is nobody to wait for any more").isEmpty();
  }

  @Test
  void shouldWaitForNobodyWhereNobodyHasTheToken() {
    alpha.apply(SimCommands.delete("beta"));
    time.runFor(2_000);
    assertThat(peering(alpha, "beta")).isEmpty();
  }

  @Test
  void shouldNotWaitForADialerThatDeletedItItself() {
    pair.redeem();
    pair.dial();
    time.runFor(5_000);
    beta.apply(SimCommands.delete("alpha"));
    time.runFor(2_000);
    assertThat(state(alpha, "beta")).hasValue(PeeringState.TERMINATED);

    alpha.apply(SimCommands.delete("beta"));
    time.runFor(2_000);
    assertThat(peering(alpha, "beta")).isEmpty();
  }

  /** It would stop at a termination that says which stream it is of. */
  @Test
  void shouldStoreATerminationThatAServerOfAnOlderVersionUnderstands() {
    isAnyServerOlder = true;
    Command.Builder write = Command.newBuilder();
    write.getWriteServerBuilder().setServer(Server.newBuilder().setRaftId("r1"));
    alpha.apply(write.build());
    pair.connect();
    beta.apply(SimCommands.delete("alpha"));
    time.runFor(5_000);
    assertThat(state(alpha, "beta")).hasValue(PeeringState.TERMINATED);
  }

  /** Told is who has answered that, not who was spoken to. */
  @Test
  void shouldTellADialerOnceMoreWhoseLinkBrokeMeanwhile() {
    network.trouble(20, 0);
    pair.redeem();
    time.runFor(20);
    alpha.apply(SimCommands.delete("beta"));
    time.runFor(2_000);
    pair.dial();
    while (network.farewells() == 0) {
      time.runFor(1);
    }
    network.connections().forEach(SimNetwork.Connection::cut);
    time.runFor(60_000);
    assertThat(state(beta, "alpha")).hasValue(PeeringState.TERMINATED);
    assertThat(peering(alpha, "beta")).isEmpty();
  }

  /** Its stream may be about to store something when it is told: that is refused from then on. */
  @Test
  void shouldWaitNoLongerForADialerThatWasToldAsItsStreamBegan() {
    network.speakInChanges(1);
    alpha.apply(SimCommands.delete("beta"));
    time.runFor(2_000);
    for (int millis = 0; millis < 150; millis++) {
      String id = ALPHA_ID.substring(0, 33) + (100 + millis);
      alpha.apply(SimCommands.acceptor(id, "beta", "establishment" + millis));
      alpha.apply(SimCommands.exchange(id, "establishment" + millis, "stream" + millis));
      String dialerId = BETA_ID.substring(0, 33) + (100 + millis);
      beta.apply(SimCommands.dialer(dialerId, "alpha", id, alpha.addresses(), "stream" + millis));
      time.runFor(millis);
      alpha.apply(SimCommands.delete("beta"));
      time.runFor(5_000);
      assertThat(state(beta, "alpha")).hasValue(PeeringState.TERMINATED);
      assertThat(peering(alpha, "beta")).as("deleted after %d ms", millis).isEmpty();
      beta.apply(SimCommands.delete("alpha"));
      time.runFor(2_000);
    }
  }

  private void establishAnew(String peerId, SimCluster with, String stream) {
    Command.Builder dialer =
        SimCommands.dialer(BETA_ID, "alpha", peerId, with.addresses(), stream).toBuilder();
    dialer.getWritePeeringBuilder().getPeeringBuilder().setState(PeeringState.ESTABLISHING);
    beta.apply(dialer.build());
    time.runFor(20_000);
  }

  @Test
  void shouldTellADialerWhoseLinkIsDeadWithoutItsKnowledge() {
    pair.connect();
    network.connections().forEach(SimNetwork.Connection::fallSilent);
    alpha.apply(SimCommands.delete("beta"));
    time.runFor(200_000);
    assertThat(state(beta, "alpha")).hasValue(PeeringState.TERMINATED);
    assertThat(peering(alpha, "beta")).isEmpty();
  }

  @Test
  void shouldTellAnAcceptorWhoseLinkIsDead() {
    pair.connect();
    network.connections().forEach(SimNetwork.Connection::fallSilent);
    beta.apply(SimCommands.delete("alpha"));
    time.runFor(30_000);
    assertThat(state(alpha, "beta")).hasValue(PeeringState.TERMINATED);
    assertThat(peering(beta, "alpha")).isEmpty();
  }

  /** Established anew the peering has its old id: its first end is no farewell to the next. */
  @Test
  void shouldTellAnAcceptorOfTheSecondDeletion() {
    pair.connect();
    alpha.apply(SimCommands.delete("beta"));
    time.runFor(20_000);
    assertThat(state(beta, "alpha")).hasValue(PeeringState.TERMINATED);
    assertThat(peering(alpha, "beta")).isEmpty();
    String next = ALPHA_ID.replace('1', '3');
    alpha.apply(SimCommands.acceptor(next, "beta", "second"));
    alpha.apply(SimCommands.exchange(next, "second", "next-stream"));
    establishAnew(next, alpha, "next-stream");
    assertThat(network.connections()).hasSize(1);

    network.connections().forEach(SimNetwork.Connection::fallSilent);
    beta.apply(SimCommands.delete("alpha"));
    time.runFor(30_000);
    assertThat(state(alpha, "beta")).hasValue(PeeringState.TERMINATED);
    assertThat(peering(beta, "alpha")).isEmpty();
  }

  @Test
  void shouldLeaveTheClusterThatAPeeringWasEstablishedWithBefore() {
    pair.connect();
    SimCluster gamma = new SimCluster("gamma", time, network, command -> {});
    try {
      String other = ALPHA_ID.replace('1', '4');
      gamma.apply(SimCommands.initialize(other, "dc-gamma"));
      gamma.apply(SimCommands.acceptor(other, "beta", "establishment"));
      gamma.apply(SimCommands.exchange(other, "establishment", "stream-of-gamma"));
      gamma.start();
      time.runFor(5_000);
      establishAnew(other, gamma, "stream-of-gamma");
      assertThat(network.connections())
          .extracting(each -> each.to)
          .hasSize(1)
          .allMatch(gamma.addresses()::contains);
      alpha.apply(SimCommands.delete("beta"));
      time.runFor(20_000);
      assertThat(state(beta, "alpha"))
          .as("that it was deleted there is nothing to it any more")
          .hasValue(PeeringState.ESTABLISHING);
    } finally {
      gamma.close();
    }
  }

  @Test
  void shouldTellAnAcceptorThatIsAway() {
    pair.connect();
    network.trouble(20, 1);
    network.connections().forEach(SimNetwork.Connection::cut);
    time.runFor(20_000);
    beta.apply(SimCommands.delete("alpha"));
    time.runFor(2_000);
    assertThat(peering(beta, "alpha")).as("as recorded of a Consul: nobody waits").isEmpty();
    time.runFor(60_000);
    network.trouble(20, 0);
    time.runFor(20_000);
    assertThat(state(alpha, "beta")).hasValue(PeeringState.TERMINATED);
    assertThat(network.connections()).isEmpty();
  }

  /** The state knows no more how it was dialed: who led when it was deleted leads no more. */
  @Test
  void shouldTellAnAcceptorThatIsAwayThoughTheLeaderChanged() {
    pair.connect();
    network.trouble(20, 1);
    network.connections().forEach(SimNetwork.Connection::cut);
    time.runFor(20_000);
    beta.apply(SimCommands.delete("alpha"));
    time.runFor(10_000);
    assertThat(peering(beta, "alpha")).isEmpty();
    beta.moveLeadership(beta.servers.get(1));
    time.runFor(10_000);
    network.trouble(20, 0);
    time.runFor(20_000);
    assertThat(state(alpha, "beta")).hasValue(PeeringState.TERMINATED);
    assertThat(network.connections()).isEmpty();
  }

  /** Before the row is cleared away. */
  @Test
  void shouldTellAnAcceptorThoughTheLeaderChangedAtOnce() {
    pair.connect();
    network.connections().forEach(SimNetwork.Connection::fallSilent);
    beta.apply(SimCommands.delete("alpha"));
    beta.moveLeadership(beta.servers.get(1));
    time.runFor(30_000);
    assertThat(state(alpha, "beta")).hasValue(PeeringState.TERMINATED);
    assertThat(peering(beta, "alpha")).isEmpty();
  }

  /** Beta deletes the peering and establishes it by a new token, with no way to alpha. */
  private void establishAnewWhileCutOff() {
    pair.connect();
    network.trouble(20, 1);
    network.connections().forEach(SimNetwork.Connection::cut);
    time.runFor(20_000);
    beta.apply(SimCommands.delete("alpha"));
    time.runFor(5_000);
    Command.Builder dialer =
        SimCommands.dialer(
            BETA_ID.replace('2', '5'), "alpha", ALPHA_ID, alpha.addresses(), "stream")
            .toBuilder();
    dialer.getWritePeeringBuilder().getPeeringBuilder().setState(PeeringState.ESTABLISHING);
    beta.apply(dialer.build());
  }

  @Test
  void shouldSayNoFarewellUnderAnotherLeaderToWhomItIsEstablishedWithAnew() {
    establishAnewWhileCutOff();
    int before = network.farewells();
    network.trouble(20, 0);
    beta.moveLeadership(beta.servers.get(1));
    time.runFor(60_000);
    assertThat(network.connections()).hasSize(1);
    assertThat(network.farewells()).isEqualTo(before);
    assertThat(state(alpha, "beta")).hasValue(PeeringState.PENDING);
  }

  /** Who comes back by a new token has the same peering there: nothing old must end it. */
  @Test
  void shouldSayNoFarewellToWhomItIsEstablishedWithAnew() {
    establishAnewWhileCutOff();
    time.runFor(100);
    int before = network.farewells();
    network.trouble(20, 0);
    time.runFor(60_000);
    assertThat(network.connections()).hasSize(1);
    assertThat(network.farewells()).isEqualTo(before);
    assertThat(state(alpha, "beta")).hasValue(PeeringState.PENDING);
  }

  /** The row of the old one stands until all that was imported is cleared away. */
  @ParameterizedTest
  @ValueSource(longs = {300, 1_000})
  void shouldSayNoFarewellToWhomItIsEstablishedWithUnderAnotherName(long millis) {
    for (int i = 0; i < IMPORTED_NODES; i++) {
      alpha.apply(SimCommands.register("n" + i, "web", 80, "passing"));
    }
    alpha.apply(SimCommands.export("beta", List.of("web")));
    pair.connect();
    network.trouble(20, 1);
    network.connections().forEach(SimNetwork.Connection::cut);
    time.runFor(20_000);
    beta.apply(SimCommands.delete("alpha"));
    time.runFor(millis);
    alpha.apply(SimCommands.acceptor(ALPHA_ID, "beta", "next token"));
    alpha.apply(SimCommands.exchange(ALPHA_ID, "next token", "next stream"));
    beta.apply(
        SimCommands.dialer(
            BETA_ID.replace('2', '5'), "anew", ALPHA_ID, alpha.addresses(), "next stream"));
    time.runFor(100);
    int before = network.farewells();
    network.trouble(20, 0);
    time.runFor(3_000);
    assertThat(peering(beta, "alpha")).as("it is still being cleared away").isPresent();
    time.runFor(60_000);
    assertThat(network.farewells()).isEqualTo(before);
    assertThat(network.connections()).hasSize(1);
    assertThat(peering(beta, "alpha")).isEmpty();
    assertThat(peering(alpha, "beta").filter(Peerings::isActive)).isPresent();
  }

  @Test
  void shouldWaitForNobodyForEver() {
    pair.connect();
    network.trouble(20, 1);
    network.connections().forEach(SimNetwork.Connection::cut);
    beta.apply(SimCommands.delete("alpha"));
    alpha.apply(SimCommands.delete("beta"));
    time.runFor(ReplicationSettings.DEFAULT.farewellMillisMax() + 1_000);
    assertThat(peering(beta, "alpha")).isEmpty();
    assertThat(peering(alpha, "beta")).isEmpty();
  }

  @Test
  void shouldNotWaitForAnAcceptorThatForgotItsPeering() {
    pair.connect();
    network.connections().forEach(SimNetwork.Connection::fallSilent);
    alpha.apply(SimCommands.delete("beta"));
    alpha.apply(SimCommands.remove(ALPHA_ID));
    beta.apply(SimCommands.delete("alpha"));
    time.runFor(30_000);
    assertThat(peering(beta, "alpha")).isEmpty();
  }

  @Test
  void shouldNotWaitForAnAcceptorThatNoTokenWasRedeemedWith() {
    Command dialer = SimCommands.dialer(BETA_ID, "alpha", ALPHA_ID, List.of("nowhere"), "stream");
    Command.Builder begun = dialer.toBuilder();
    begun.getWritePeeringBuilder().clearEstablish();
    beta.apply(begun.build());
    time.runFor(2_000);
    beta.apply(SimCommands.delete("alpha"));
    time.runFor(2_000);
    assertThat(peering(beta, "alpha")).isEmpty();
  }

  @Test
  void shouldTellADialerThatHasNotComeYetThoughTheLeaderChanged() {
    pair.redeem();
    time.runFor(20);
    alpha.apply(SimCommands.delete("beta"));
    alpha.moveLeadership(alpha.servers.get(1));
    time.runFor(20_000);
    pair.dial();
    time.runFor(20_000);
    assertThat(state(beta, "alpha")).hasValue(PeeringState.TERMINATED);
    assertThat(peering(alpha, "beta")).isEmpty();
  }

  @Test
  void shouldNotWaitUnderAnotherLeaderForADialerThatDeletedItItself() {
    pair.connect();
    beta.apply(SimCommands.delete("alpha"));
    time.runFor(2_000);
    alpha.moveLeadership(alpha.servers.get(1));
    time.runFor(5_000);
    alpha.apply(SimCommands.delete("beta"));
    time.runFor(2_000);
    assertThat(peering(alpha, "beta")).isEmpty();
  }
}
