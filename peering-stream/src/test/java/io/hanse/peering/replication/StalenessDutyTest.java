package io.hanse.peering.replication;

import static io.hanse.peering.replication.SilenceRig.BOUND_MILLIS;
import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.config.PeeringPolicies;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Peerings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of a silent peer's services, by a clock that the test moves. */
class StalenessDutyTest {
  private final SilenceRig rig = new SilenceRig();

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void shouldWithdrawADeadPeerAtItsBoundAndGiveItBackOnce() {
    rig.policy("west", PeeringPolicies.WITHDRAW);
    rig.hear();
    rig.time.runFor(BOUND_MILLIS - 1);
    assertThat(rig.readable()).isEqualTo(1);

    rig.time.runFor(1);
    assertThat(rig.readable()).isZero();
    assertThat(rig.ofLeader.overlay(rig.stored(), java.time.Duration.ofSeconds(1)))
        .isCompletedWithValueMatching(
            shown -> shown.get(0).getDetail().getReason().contains("services are withdrawn"));

    rig.time.runFor(10 * BOUND_MILLIS);
    assertThat(rig.withdrawals()).isEqualTo(1);

    rig.disconnected();
    rig.time.runFor(1_000);
    rig.hear();
    rig.time.runFor(2_000);
    assertThat(rig.readable()).as("nothing came over the new connection yet").isZero();

    rig.status.setLastReceiveSuccessMillis(rig.time.nowMillis()).setPendingImports(1);
    rig.hear();
    rig.time.runFor(2_000);
    assertThat(rig.readable()).as("something is still to be stored").isZero();

    rig.status.setPendingImports(0);
    rig.hear();
    rig.time.runFor(1_000);
    assertThat(rig.readable()).isEqualTo(1);
    assertThat(rig.withdrawals()).isEqualTo(2);
  }

  @Test
  void shouldGoOnLookingAfterAMistakeThatNobodyForesaw() {
    rig.policy("west", PeeringPolicies.WITHDRAW);
    rig.hear();
    rig.breaks = true;
    rig.time.runFor(BOUND_MILLIS - 1_000);
    assertThat(rig.readable()).isEqualTo(1);
    rig.time.runFor(10_000);
    assertThat(rig.readable()).isZero();
    assertThat(rig.told).isEmpty();
  }

  /** Twice the heartbeats that may be missed, and no policy that minds. */
  @Test
  void shouldTellThatAPeerFellSilentAndThatItIsBack() {
    rig.hear();
    rig.time.runFor(45_000);
    assertThat(rig.told).isEmpty();
    rig.time.runFor(45_000);
    assertThat(rig.told)
        .containsExactly(
            "peering is FAILING, the peer is not heard peer=west silent=45s role=dialer");

    rig.told.clear();
    rig.hear();
    rig.time.runFor(2_000);
    assertThat(rig.told).containsExactly("peering is well again peer=west");
    rig.time.runFor(5_000);
    assertThat(rig.told).hasSize(1);
  }

  @Test
  void shouldTellThatANewLeaderHearsNothingOfAPeer() {
    rig.hear();
    rig.changeLeader();
    rig.time.runFor(120_000);
    assertThat(rig.told)
        .singleElement()
        .asString()
        .startsWith("the peer is not heard since this server leads peer=west silent=");
  }

  @Test
  void shouldCountFromTheSignOfLifeAndNotFromItsReport() {
    rig.policy("west", PeeringPolicies.WITHDRAW);
    rig.hear();
    rig.time.runFor(20_000);
    rig.heardBefore(13_000);
    rig.time.runFor(BOUND_MILLIS - 13_000 - 1);
    assertThat(rig.readable()).isEqualTo(1);
    rig.time.runFor(1);
    assertThat(rig.readable()).isZero();
  }

  @Test
  void shouldGiveBackAConsulsServicesOnceAllCameAnew() {
    rig.policy("west", PeeringPolicies.WITHDRAW);
    rig.hear();
    rig.time.runFor(2 * BOUND_MILLIS);
    rig.beginsAnew("api", "web");
    rig.status.setLastReceiveSuccessMillis(rig.time.nowMillis());
    rig.hear();
    rig.time.runFor(2_000);
    assertThat(rig.readable()).as("they come more slowly than they are stored").isZero();

    rig.sendsAnew("api");
    rig.time.runFor(1_000);
    assertThat(rig.readable()).isZero();
    rig.sendsAnew("web");
    rig.time.runFor(1_000);
    assertThat(rig.readable()).isEqualTo(1);
  }

  private void comeBackAsAHanse() {
    rig.policy("west", PeeringPolicies.WITHDRAW);
    rig.hear();
    rig.saysAllIsHere(0);
    rig.time.runFor(2 * BOUND_MILLIS);
    assertThat(rig.readable()).isZero();
    rig.status.setInChanges(true).setLastReceiveSuccessMillis(rig.time.nowMillis());
    rig.hear();
    rig.time.runFor(10_000);
    rig.hear();
    assertThat(rig.readable()).as("it was said before the silence that all is here").isZero();
  }

  @Test
  void shouldGiveBackAHansesServicesOnceItSaysThatAllIsHere() {
    comeBackAsAHanse();
    rig.status.setPendingImports(3);
    rig.saysAllIsHere(2_000);
    rig.time.runFor(500);
    assertThat(rig.readable()).isEqualTo(1);
  }

  @Test
  void shouldNotTakeAWordAboutATimeBeforeTheSilenceEnded() {
    comeBackAsAHanse();
    rig.saysAllIsHere(15_000);
    rig.time.runFor(500);
    assertThat(rig.readable()).isZero();
  }

  @Test
  void shouldNotWaitForThatForLongerThanHalfTheBound() {
    comeBackAsAHanse();
    rig.time.runFor(BOUND_MILLIS / 2 - 10_500);
    assertThat(rig.readable()).isZero();
    rig.time.runFor(1_000);
    assertThat(rig.readable()).isEqualTo(1);
  }

  @Test
  void shouldNotWithdrawAPeerThatIsHeard() {
    rig.policy("*", PeeringPolicies.WITHDRAW);
    for (int i = 0; i < 20; i++) {
      rig.hear();
      rig.time.runFor(15_000);
    }
    assertThat(rig.withdrawals()).isZero();
  }

  @Test
  void shouldWithdrawNothingThatItNoLongerKnowsOf() {
    rig.policy("west", PeeringPolicies.WITHDRAW);
    for (int i = 0; i < 20; i++) {
      rig.hear();
      rig.time.runFor(15_000);
    }
    rig.loseLeaderThatLooks();
    rig.time.runFor(BOUND_MILLIS);
    assertThat(rig.withdrawals()).isZero();
  }

  @Test
  void shouldNotTakeItsOwnStandstillForThePeersSilence() {
    rig.policy("west", PeeringPolicies.WITHDRAW);
    rig.hear();
    rig.time.runFor(20_000);
    rig.time.standStill(10 * BOUND_MILLIS);
    rig.time.runFor(BOUND_MILLIS - 20_000 - 1);
    assertThat(rig.readable()).as("it had so much left before").isEqualTo(1);
    rig.time.standStill(10_000);
    rig.time.runFor(0);
    assertThat(rig.readable()).as("once more").isEqualTo(1);
    rig.time.runFor(2_000);
    assertThat(rig.readable()).isZero();
  }

  @Test
  void shouldCountAllOfASilenceThatBeganAfterAStandstill() {
    rig.policy("west", PeeringPolicies.WITHDRAW);
    rig.hear();
    rig.time.runFor(20_000);
    rig.time.standStill(10 * BOUND_MILLIS);
    rig.time.runFor(100);
    rig.hear();
    rig.time.runFor(BOUND_MILLIS - 1);
    assertThat(rig.readable()).isEqualTo(1);
    rig.time.runFor(1);
    assertThat(rig.readable()).isZero();
  }

  @Test
  void shouldTellOfNoSilenceThatIsItsOwnStandstill() {
    rig.hear();
    rig.time.runFor(20_000);
    rig.time.standStill(90_000);
    rig.time.runFor(1_000);
    rig.hear();
    rig.time.runFor(10_000);
    assertThat(rig.told).isEmpty();
  }

  @Test
  void shouldGiveANewLeaderItsGraceThoughItStoodStill() {
    rig.policy("west", PeeringPolicies.WITHDRAW);
    rig.hear();
    rig.time.runFor(BOUND_MILLIS - 1_000);
    rig.changeLeader();
    rig.time.runFor(2_000);
    rig.time.standStill(BOUND_MILLIS);
    rig.time.runFor(2_500);
    assertThat(rig.readable()).isEqualTo(1);
    rig.time.runFor(2_500);
    assertThat(rig.readable()).isZero();
  }

  @Test
  void shouldServeOnWithoutAPolicyAndWhereItOnlyWarns() {
    rig.hear();
    rig.time.runFor(10 * BOUND_MILLIS);
    assertThat(rig.notes()).as("where nobody minds, nothing is noted").isZero();
    rig.policy("*", PeeringPolicies.WITHDRAW);
    rig.policy("west", PeeringPolicies.WARN);
    rig.time.runFor(10 * BOUND_MILLIS);
    assertThat(rig.readable()).isEqualTo(1);
    assertThat(rig.withdrawals()).isZero();
  }

  @Test
  void shouldGiveBackWhenThePolicyChanges() {
    rig.policy("west", PeeringPolicies.WITHDRAW);
    rig.time.runFor(BOUND_MILLIS + 1);
    assertThat(rig.readable()).as("never heard since the beginning").isZero();
    rig.policy("west", PeeringPolicies.SERVE);
    rig.time.runFor(1_000);
    assertThat(rig.readable()).isEqualTo(1);
  }

  /** Its token may be redeemed tomorrow: there is nothing to warn of, and nothing to take away. */
  @Test
  void shouldMindNoPeerThatNeverCame() {
    String id = "b0000000-0000-4000-8000-000000000009";
    rig.cluster.apply(SimCommands.acceptor(id, "north", "establishment"));
    rig.policy("*", PeeringPolicies.WITHDRAW);
    rig.hear();
    rig.time.runFor(2 * BOUND_MILLIS);
    try (View view = rig.cluster.view()) {
      assertThat(new Peerings(view).withdrawal("west")).isPresent();
      assertThat(new Peerings(view).withdrawal("north")).isEmpty();
    }
    rig.cluster.apply(SimCommands.exchange(id, "establishment", "stream"));
    rig.cluster.apply(SimCommands.promote(id, "north", "stream"));
    rig.time.runFor(2 * BOUND_MILLIS);
    try (View view = rig.cluster.view()) {
      assertThat(new Peerings(view).withdrawal("north")).as("it came and went").isPresent();
    }
  }
}
