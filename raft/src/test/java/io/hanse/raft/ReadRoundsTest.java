package io.hanse.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.raft.transport.proto.ConfirmReply;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ReadRoundsTest {
  private final AtomicLong nanos = new AtomicLong();
  private final Map<String, CompletableFuture<ConfirmReply>> asked = new LinkedHashMap<>();
  private final FakeConsensus consensus = new FakeConsensus("self");
  private final ReadRounds rounds =
      new ReadRounds(
          "self",
          consensus,
          new FakePeers() {
            @Override
            public CompletableFuture<ConfirmReply> confirm(String raftId, Duration patience) {
              CompletableFuture<ConfirmReply> reply = new CompletableFuture<>();
              asked.put(raftId, reply);
              return reply;
            }
          },
          RaftSettings.Timing.defaults(),
          nanos::get);

  ReadRoundsTest() throws IOException {
    consensus.begin("group");
    consensus.voters = new Consensus.Voters(Set.of("self", "a", "b"), Set.of());
    consensus.position = new Consensus.Position(5, true, Optional.of("self"), 40, 38);
  }

  private static ConfirmReply reply(long term, long ageMillis, boolean preVote) {
    return ConfirmReply.newBuilder()
        .setTerm(term)
        .setLeaderRaftId("self")
        .setAppendAgeMillis(ageMillis)
        .setGrantedPreVote(preVote)
        .build();
  }

  @Test
  void shouldAnswerTheCommitIndexOnceAMajorityAgrees() {
    CompletableFuture<Long> read = rounds.confirm();
    assertThat(read).isNotDone();
    asked.get("a").complete(reply(5, 0, false));
    assertThat(read).isCompletedWithValue(40L);
  }

  @Test
  void shouldRefuseAtASingleHigherTerm() {
    CompletableFuture<Long> read = rounds.confirm();
    asked.get("b").complete(reply(6, 0, false));
    asked.get("a").complete(reply(5, 0, false));
    assertThat(read).isCompletedExceptionally();
  }

  @Test
  void shouldRefuseWithoutAMajority() {
    CompletableFuture<Long> read = rounds.confirm();
    asked.get("a").complete(reply(4, 0, false));
    asked.get("b").completeExceptionally(Problems.notLeader());
    assertThat(read).isCompletedExceptionally();
  }

  @Test
  void shouldNeedMajoritiesOfBothConfigurationsDuringAChange() {
    consensus.voters = new Consensus.Voters(Set.of("self", "a", "b"), Set.of("self", "c", "d"));
    CompletableFuture<Long> read = rounds.confirm();
    asked.get("a").complete(reply(5, 0, false));
    assertThat(read).isNotDone();
    asked.get("d").complete(reply(5, 0, false));
    assertThat(read).isCompletedWithValue(40L);
  }

  @Test
  void shouldServeUnderTheLeaseUntilItEnds() {
    CompletableFuture<Long> first = rounds.underLease();
    assertThat(first).isNotDone();
    asked.get("a").complete(reply(5, 100, false));
    assertThat(first).isDone();
    // 0.9 times 300 ms, less the age: 170 ms from when the round was sent.
    nanos.set(169_000_000);
    assertThat(rounds.underLease()).isCompletedWithValue(38L);
    nanos.set(171_000_000);
    assertThat(rounds.underLease()).isNotDone();
  }

  @Test
  void shouldTakeNoLeaseFromWhoHelpsAnotherToLead() {
    rounds.underLease();
    asked.get("a").complete(reply(5, 0, true));
    assertThat(rounds.underLease()).isNotDone();
  }

  /** Else each read would ask a majority for as long as this server leads. */
  @Test
  void shouldTakeALeaseAgainAfterATransferThatAnErrorEnded() {
    CompletableFuture<Void> transfer =
        rounds.withoutLease(
            () -> {
              throw new NoClassDefFoundError("a class that nobody missed");
            });
    assertThat(transfer).isCompletedExceptionally();
    rounds.underLease();
    asked.get("a").complete(reply(5, 0, false));
    assertThat(rounds.isLeased()).isTrue();
  }

  @Test
  void shouldDropTheLeaseBeforeATransferAndWithTheTerm() {
    rounds.underLease();
    asked.get("a").complete(reply(5, 0, false));
    assertThat(rounds.underLease()).isDone();
    CompletableFuture<Void> first = new CompletableFuture<>();
    rounds.withoutLease(() -> first);
    CompletableFuture<Long> read = rounds.underLease();
    assertThat(read).isNotDone();

    rounds.withoutLease(() -> CompletableFuture.failedFuture(Problems.notLeader()));
    asked.get("a").complete(reply(5, 0, false));
    assertThat(read).isDone();
    assertThat(rounds.isLeased()).as("while another transfer is under way").isFalse();

    first.completeExceptionally(Problems.notLeader());
    CompletableFuture<Long> later = rounds.underLease();
    asked.get("a").complete(reply(5, 0, false));
    assertThat(later).isDone();
    assertThat(rounds.isLeased()).isTrue();
  }

  /** The process stood still after it asked; another leads by now, as it has yet to hear. */
  @Test
  void shouldTakeNoLeaseFromAnswersThatAPauseMadeOld() {
    CompletableFuture<Long> cameBefore = rounds.underLease();
    CompletableFuture<ConfirmReply> answerOfOld = asked.get("a");
    nanos.set(2_000_000_000);
    CompletableFuture<Long> cameAfter = rounds.underLease();
    answerOfOld.complete(reply(5, 0, false));
    assertThat(cameBefore).isCompletedWithValue(40L);
    assertThat(cameAfter).isNotDone();
    assertThat(rounds.isLeased()).isFalse();
    asked.get("a").complete(reply(6, 0, false));
    assertThat(cameAfter).isCompletedExceptionally();
  }
}
