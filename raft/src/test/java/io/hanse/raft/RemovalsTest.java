package io.hanse.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.row.Server;
import io.hanse.raft.transport.proto.Account;
import io.hanse.raft.transport.proto.MemberName;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A leader is asked to remove servers, and by those whether they are kept. */
class RemovalsTest {
  private final Leader leader = new Leader();
  private final Removals removals = new Removals(leader);

  private boolean keeps(int leaves) {
    return removals.keeps(
        Account.newBuilder()
            .setServer(Server.newBuilder().setRaftId("other"))
            .setLeaves(leaves)
            .build());
  }

  private CompletableFuture<Void> remove(int leave) {
    return removals.remove(MemberName.newBuilder().setRaftId("other").setLeave(leave).build());
  }

  @Test
  void shouldKeepNobodyWhoseRemovalIsUnderWay() {
    remove(0);
    CompletableFuture<Void> first = leader.removal;
    remove(1);
    assertThat(keeps(1)).isFalse();
    first.completeExceptionally(Problems.notLeader());
    assertThat(keeps(1)).as("the other is under way").isFalse();
    leader.removal.completeExceptionally(Problems.notLeader());
    assertThat(keeps(1)).as("both have failed").isTrue();
  }

  /** Else it would never be told that it is kept. */
  @Test
  void shouldForgetARemovalThatAnErrorEnds() {
    leader.isBroken = true;
    assertThat(remove(1)).isCompletedExceptionally();
    assertThat(keeps(1)).isTrue();
  }

  @Test
  void shouldRemoveNobodyWhoWasToldToBeKeptForALeaveOfBefore() {
    assertThat(keeps(2)).isTrue();
    assertThat(keeps(1)).isTrue();
    assertThat(remove(1)).isCompletedExceptionally();
    assertThat(remove(2)).isCompletedExceptionally();
    assertThat(leader.removal).isNull();
    assertThat(remove(3)).as("the next leave").isNotDone();
    assertThat(leader.removal).isNotNull();
  }

  /** Told to be kept by a leader between the two, which this one knows nothing of. */
  @Test
  void shouldRemoveNobodyWhoAskedItInAnEarlierTerm() {
    MemberName late =
        MemberName.newBuilder()
            .setRaftId("other")
            .setLeave(1)
            .setTerm(leader.position.term())
            .build();
    leader.position = new Consensus.Position(3, true, Optional.of("self"), 1, 1);
    assertThat(removals.remove(late)).isCompletedExceptionally();
    assertThat(leader.removal).isNull();
    assertThat(removals.remove(late.toBuilder().setTerm(3).build())).isNotDone();
    assertThat(leader.removal).isNotNull();
  }

  @Test
  void shouldRemoveForAnOperatorWhoWasToldToBeKept() {
    assertThat(keeps(2)).isTrue();
    assertThat(remove(0)).isNotDone();
    assertThat(leader.removal).isNotNull();
  }

  @Test
  void shouldKeepNobodyWhileItIsNotSureOfThat() {
    leader.voters = new Consensus.Voters(Set.of("self"), Set.of("self", "other"));
    assertThat(keeps(2)).isFalse();
    assertThat(remove(2)).as("nothing is void").isNotDone();
  }

  /** Answers removals when it is told to. */
  private static final class Leader extends FakeConsensus {
    @Nullable CompletableFuture<Void> removal;
    boolean isBroken;

    Leader() {
      super("self");
      voters = new Voters(Set.of("self", "other"), Set.of());
      position = new Position(1, true, Optional.of("self"), 1, 1);
    }

    @Override
    public CompletableFuture<Void> removeVoter(String raftId) {
      if (isBroken) {
        throw new NoClassDefFoundError("a class that nobody missed");
      }
      removal = new CompletableFuture<>();
      return removal;
    }
  }
}
