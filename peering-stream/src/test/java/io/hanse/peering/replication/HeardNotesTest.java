package io.hanse.peering.replication;

import static io.hanse.peering.replication.SilenceRig.BOUND_MILLIS;
import static io.hanse.peering.replication.SilenceRig.ID;
import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.config.PeeringPolicies;
import io.hanse.fsm.row.PeeringDetail;
import io.hanse.fsm.store.ReadSet;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Catalog;
import io.hanse.fsm.view.Health;
import io.hanse.fsm.view.SystemRecords;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a new leader makes of a silence that began under an earlier one. */
class HeardNotesTest {
  private static final long HOUR_MILLIS = 3_600_000;
  private static final String EAST_ID = "b0000000-0000-4000-8000-000000000002";

  private final SilenceRig rig = new SilenceRig();

  @BeforeEach
  void mind() {
    rig.policy("*", PeeringPolicies.WITHDRAW);
    rig.time.runFor(5_000);
    rig.hear();
  }

  @AfterEach
  void close() {
    rig.close();
  }

  /** That the services are found until so long from now, and then no more. */
  private void expectWithdrawnAfter(long millis) {
    rig.time.runFor(millis - 1);
    assertThat(rig.readable()).isEqualTo(1);
    rig.time.runFor(1);
    assertThat(rig.readable()).isZero();
  }

  private void stayHeard() {
    for (int i = 0; i < 20; i++) {
      rig.hear();
      rig.time.runFor(15_000);
      assertThat(rig.readable()).isEqualTo(1);
    }
    assertThat(rig.withdrawals()).isZero();
  }

  @Test
  void shouldGoOnCountingInTheMidstOfASilence() {
    rig.time.runFor(20_000);
    rig.changeLeader();
    rig.time.runFor(20_000);
    rig.changeLeader();
    expectWithdrawnAfter(20_000);
  }

  @Test
  void shouldBeASixthOfTheBoundEarlyAtMost() {
    for (int i = 0; i < 97; i++) {
      rig.time.runFor(1_000);
      rig.hear();
    }
    rig.changeLeader();
    rig.time.runFor(BOUND_MILLIS - BOUND_MILLIS / 6 - 1_000);
    assertThat(rig.readable()).isEqualTo(1);
    rig.time.runFor(BOUND_MILLIS / 6 + 1_000);
    assertThat(rig.readable()).isZero();
  }

  @Test
  void shouldNotWithdrawAHealthyPeerBecauseThisClusterStoodStill() {
    rig.time.runFor(2_000);
    rig.loseLeader();
    rig.time.runFor(10 * BOUND_MILLIS);
    rig.electWithClockAhead(0);
    rig.time.runFor(4_900);
    stayHeard();
  }

  @Test
  void shouldWithdrawADeadPeerSoonAfterThisClusterStoodStill() {
    rig.time.runFor(2_000);
    rig.loseLeader();
    rig.time.runFor(BOUND_MILLIS + 5_000);
    rig.electWithClockAhead(0);
    expectWithdrawnAfter(5_000);
  }

  @Test
  void shouldGiveAPeerThatDialsMoreTime() {
    rig.cluster.apply(SimCommands.acceptor(EAST_ID, "east", "establishment"));
    rig.cluster.apply(SimCommands.exchange(EAST_ID, "establishment", "stream"));
    rig.cluster.apply(SimCommands.promote(EAST_ID, "east", "stream"));
    rig.importWeb("east");
    Object stream = new Object();
    rig.statuses.claim(EAST_ID, stream);
    rig.hear(EAST_ID, stream);
    rig.time.runFor(BOUND_MILLIS / 2);
    rig.loseLeader();
    rig.time.runFor(BOUND_MILLIS);
    rig.electWithClockAhead(0);
    rig.time.runFor(9_999);
    assertThat(rig.readable("east")).isEqualTo(1);
    assertThat(rig.readable("west")).isZero();
    rig.time.runFor(1);
    assertThat(rig.readable("east")).isZero();
  }

  @Test
  void shouldNotWithdrawAHealthyPeerWhereTheClockOfTheNewLeaderIsAhead() {
    rig.time.runFor(2_000);
    rig.loseLeader();
    rig.electWithClockAhead(HOUR_MILLIS);
    rig.time.runFor(4_900);
    stayHeard();
  }

  @Test
  void shouldCountByTheLogWhereTheClockOfTheNewLeaderIsBehind() {
    rig.time.runFor(40_000);
    // Some entry of the log, which is as far as log time has come.
    rig.importWeb("west");
    rig.loseLeader();
    rig.electWithClockAhead(-HOUR_MILLIS);
    expectWithdrawnAfter(BOUND_MILLIS - 40_000);
  }

  @Test
  void shouldCountFromTheElectionWhereNothingWasNoted() {
    rig.loseLeader();
    rig.time.runFor(BOUND_MILLIS);
    rig.electWithClockAhead(0);
    expectWithdrawnAfter(BOUND_MILLIS);
  }

  @Test
  void shouldNoteASixthOfTheBoundApartAndNothingWhileThePeerIsSilent() {
    rig.time.runFor(1_000);
    assertThat(rig.notes()).isEqualTo(1);
    for (int i = 0; i < 600; i++) {
      rig.hear();
      rig.time.runFor(1_000);
    }
    assertThat(rig.notes()).isBetween(55L, 61L);
    rig.time.runFor(BOUND_MILLIS);
    long before = rig.notes();
    rig.time.runFor(10 * BOUND_MILLIS);
    rig.changeLeader();
    rig.time.runFor(10 * BOUND_MILLIS);
    assertThat(rig.notes()).isEqualTo(before);
  }

  @Test
  void shouldForgetWhatNobodyMindsAnyMore() {
    rig.time.runFor(2_000);
    rig.policy("*", PeeringPolicies.SERVE);
    rig.time.runFor(2_000);
    try (View view = rig.cluster.view()) {
      assertThat(new SystemRecords(view).all()).isEmpty();
    }
  }

  @Test
  void shouldNoteManyPeersInFewRecords() {
    for (int i = 0; i < 200; i++) {
      String id = "b0000000-0000-4000-8000-%012d".formatted(100 + i);
      rig.cluster.apply(
          SimCommands.dialer(id, "peer-" + i, "theirs-" + i, List.of("10.0.0.1:1"), "s-" + i));
      rig.statuses.claim(id, this);
      rig.hear(id, this);
    }
    rig.time.runFor(BOUND_MILLIS / 3);
    long before = rig.notes();
    rig.loseLeader();
    assertThat(before).isLessThan(10);
    rig.time.runFor(BOUND_MILLIS / 3);
    rig.electWithClockAhead(0);
    for (int i = 0; i < 200; i++) {
      String id = "b0000000-0000-4000-8000-%012d".formatted(100 + i);
      assertThat(rig.statuses.silenceMillis(id)).hasValue(2 * BOUND_MILLIS / 3);
    }
  }

  @Test
  void shouldTellOperatorsWhenAnEarlierLeaderHeardThePeer() {
    rig.time.runFor(20_000);
    rig.changeLeader();
    rig.time.runFor(10_000);
    PeeringDetail detail =
        rig.ofLeader.overlay(rig.stored(), Duration.ofSeconds(1)).join().get(0).getDetail();
    assertThat(detail.getSilence().getSeconds()).isEqualTo(30);
    assertThat(detail.getLastConfirmed().getSeconds())
        .isEqualTo((rig.time.nowMillis() - 30_000) / 1_000);
    assertThat(rig.statuses.isHeard(ID)).isFalse();
  }

  @Test
  void shouldNotWakeWhoReadsServices() {
    rig.time.runFor(2_000);
    AtomicInteger woken = new AtomicInteger();
    ReadSet reads;
    long index;
    try (View view = rig.cluster.view()) {
      new Health(view).service("west", "web");
      new Health(view).service("west", "none");
      new Catalog(view).serviceNames("west");
      reads = view.reads();
      index = view.readIndex();
    }
    Runnable end = rig.cluster.watch(reads, index, woken::incrementAndGet);
    long before = rig.notes();
    rig.time.runFor(BOUND_MILLIS / 6);
    rig.hear();
    rig.time.runFor(2_000);
    assertThat(rig.notes()).isEqualTo(before + 1);
    assertThat(woken).hasValue(0);
    end.run();
  }
}
