package io.hanse.peering.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.CompleteImport;
import io.hanse.fsm.row.HealthCheck;
import io.hanse.fsm.row.ReconcileImport;
import io.hanse.fsm.row.WriteQuota;
import io.hanse.fsm.store.View;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AwaitedRoomTest {
  private static final int OWN = 400;
  private static final String LONG = "own".repeat(100);

  /** Of two rows, as it seems: nodes and marks are not counted. */
  private static final Command REFUSED =
      Command.newBuilder()
          .setReconcileImport(
              ReconcileImport.newBuilder()
                  .setPeer("alpha")
                  .setService("api")
                  .addInstances(
                      CheckServiceNode.newBuilder().addChecks(HealthCheck.getDefaultInstance())))
          .build();

  private final WatchedState state = new WatchedState();
  private final SimTime time = state.time;
  private boolean isOver;
  private int asked;
  private final AwaitedRoom room =
      new AwaitedRoom(
          time.newLoop(), state, new RoomTurns().of("peering"), () -> isOver, () -> asked++);

  AwaitedRoomTest() {
    for (int i = 0; i < OWN; i++) {
      own(i, i == 0 ? LONG : "own");
    }
  }

  private void own(int number, String service) {
    state.cluster.apply(SimCommands.register("own", "own-" + number, service, 80, "passing"));
  }

  private void drop(int number) {
    state.cluster.apply(SimCommands.deregister("own", "own-" + number));
  }

  @AfterEach
  void close() {
    state.close();
  }

  private void allow(long moreRows, long moreBytes) {
    try (View view = state.cluster.view()) {
      state.cluster.apply(
          Command.newBuilder()
              .setWriteQuota(
                  WriteQuota.newBuilder()
                      .setRowsMax(view.countedRows() + moreRows)
                      .setBytesMax(view.countedBytes() + moreBytes))
              .build());
    }
  }

  private void refuse() {
    refuse(REFUSED);
  }

  private void refuse(Command command) {
    room.failed(command, new ProblemException(ProblemCode.QUOTA_EXCEEDED, "full"));
    time.runFor(10_000);
  }

  /** That the others grew meanwhile is nothing to it: there were bytes for thousands of it. */
  @Test
  void shouldWaitForRowsOnlyWhereNoBytesAreMissing() {
    allow(2, 1 << 20);
    refuse();
    assertThat(asked).isZero();
    drop(1);
    own(2, LONG);
    time.runFor(10_000);
    assertThat(asked).isOne();
  }

  /** And the other way around. */
  @Test
  void shouldWaitForBytesOnlyWhereNoRowsAreMissing() {
    allow(1_000, REFUSED.getSerializedSize());
    refuse();
    assertThat(asked).isZero();
    drop(0);
    state.cluster.apply(SimCommands.register("n", "a", "b", 80, "passing"));
    time.runFor(10_000);
    assertThat(asked).isOne();
  }

  /** By somebody else, between the refusal and the first look. */
  @Test
  void shouldAskWhereThereIsRoomByNow() {
    allow(1_000, 1 << 20);
    refuse();
    assertThat(asked).isOne();
  }

  /** What was laid down in parts is not in the command that shows it. */
  @Test
  void shouldWaitForMoreRoomWhereItIsNotKnownHowMuchItTakes() {
    allow(1_000, 1 << 20);
    refuse(
        Command.newBuilder()
            .setCompleteImport(CompleteImport.newBuilder().setPeer("alpha").setParts(6))
            .build());
    assertThat(asked).isZero();
    drop(0);
    time.runFor(10_000);
    assertThat(asked).isOne();
  }

  @Test
  void shouldEndWithItsStreamAlsoWhereTheStateCannotBeLookedAt() {
    time.carryOn(true);
    state.isBroken = true;
    refuse();
    assertThat(state.views).isGreaterThan(2);
    isOver = true;
    time.runFor(5_000);
    int before = state.views;
    time.runFor(60_000);
    assertThat(state.views).isEqualTo(before);
    state.isBroken = false;
    time.runFor(60_000);
    assertThat(asked).isZero();
  }
}
