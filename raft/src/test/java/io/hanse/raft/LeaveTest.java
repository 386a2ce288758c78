package io.hanse.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.hanse.fsm.error.ProblemCode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A server that leaves, and ends or hears nothing at any point of it. */
class LeaveTest extends LeaveFixture {
  @Test
  void shouldBeItselfOrJoinAnewWhereverItsDiskEnds() throws Exception {
    boolean isThrough = false;
    int ends = 0;
    while (!isThrough) {
      Path place = member("end-" + ends);
      Replication server = open(place);
      String old = server.self().getRaftId();
      disk.endAfter(ends);
      isThrough = leaves(server);
      isItselfOrJoinsAnew(place, old, !group.contains(old));
      ends++;
    }
    assertThat(ends).isGreaterThan(6);
  }

  @Test
  void shouldBeItselfWhereItEndedBeforeItWasLetGo() throws Exception {
    Path place = member("kept");
    Replication server = open(place);
    isQuestionLost = true;
    isSilent = true;
    assertThat(leaves(server)).isFalse();
    crash();
    isSilent = false;
    isItselfOrJoinsAnew(place, server.self().getRaftId(), false);
  }

  @Test
  void shouldJoinAnewWhereItEndedBeforeItHeardThatItWasLetGo() throws Exception {
    Path place = member("let-go");
    Replication server = open(place);
    isAnswerLost = true;
    isSilent = true;
    assertThat(leaves(server)).isFalse();
    crash();
    isSilent = false;
    isItselfOrJoinsAnew(place, server.self().getRaftId(), true);
  }

  @Test
  void shouldStayOneThatWasNotLetGo() throws Exception {
    Path place = member("stays");
    Replication server = open(place);
    isQuestionLost = true;
    isSilent = true;
    assertThat(leaves(server)).isFalse();
    assertThat(record(place).getLeaving()).isTrue();
    isSilent = false;
    await().atMost(Duration.ofSeconds(20)).until(() -> !record(place).getLeaving());
    assertThat(server.left()).isNotDone();
    isItselfOrJoinsAnew(place, server.self().getRaftId(), false);
  }

  @Test
  void shouldEndOnceItHearsThatItWasLetGo() throws Exception {
    Path place = member("ends");
    Replication server = open(place);
    isAnswerLost = true;
    isSilent = true;
    assertThat(leaves(server)).isFalse();
    assertThat(server.left()).isNotDone();
    isSilent = false;
    assertThat(server.left()).succeedsWithin(Duration.ofSeconds(20));
    isItselfOrJoinsAnew(place, server.self().getRaftId(), true);
  }

  @Test
  void shouldGoOnAskingWhereNobodyKnewAtItsStart() throws Exception {
    Path place = member("unknown");
    Replication server = open(place);
    String old = server.self().getRaftId();
    isAnswerLost = true;
    isSilent = true;
    assertThat(leaves(server)).isFalse();
    Replication next = startAgain(place);
    assertThat(next.self().getRaftId()).isEqualTo(old);
    assertThat(record(place).getLeaving()).isTrue();
    next.open();
    isSilent = false;
    assertThat(next.left()).succeedsWithin(Duration.ofSeconds(20));
    isItselfOrJoinsAnew(place, old, true);
  }

  /** A leader that leaves hands over first, and the next one may need longer than a read waits. */
  @Test
  void shouldGoOnAskingLongerThanAnotherQuestionWould() throws Exception {
    Replication server = open(member("late"));
    isQuestionLost = true;
    CompletableFuture<Void> leaving = server.membership().leave();
    CompletableFuture.runAsync(
        () -> isQuestionLost = false,
        CompletableFuture.delayedExecutor(2 * HOLD.toMillis(), TimeUnit.MILLISECONDS));
    assertThat(leaving).succeedsWithin(Duration.ofSeconds(20));
  }

  /** As while the group changes, or its leader is new and has not heard all of them yet. */
  @ParameterizedTest
  @EnumSource(
      names = {"OVERLOADED", "CONFLICT", "FAILED_PRECONDITION", "SHUTTING_DOWN", "COMMIT_UNKNOWN"})
  void shouldAskAgainAfterWhatTimeCanChange(ProblemCode code) throws Exception {
    Replication server = open(member("busy"));
    refusal = code;
    refusals.set(2);
    assertThat(leaves(server)).isTrue();
    assertThat(group).doesNotContain(server.self().getRaftId());
  }

  @Test
  void shouldNotAskAgainAfterWhatStays() throws Exception {
    Replication server = open(member("refused"));
    refusal = ProblemCode.DECODE_FAILED;
    refusals.set(Integer.MAX_VALUE);
    assertThatThrownBy(() -> server.membership().leave().get(20, TimeUnit.SECONDS))
        .hasMessageContaining("not yet DECODE_FAILED");
    assertThat(refusals).hasValue(Integer.MAX_VALUE - 1);
  }

  /** What the leader says of the others will not change by itself, as it knows. */
  @Test
  void shouldSayAtOnceThatTheOthersNeedIt() throws Exception {
    Replication server = open(member("needed"));
    need = Optional.of("they need it");
    CompletableFuture<Void> leaving = server.membership().leave();
    assertThat(leaving)
        .failsWithin(Duration.ofSeconds(20))
        .withThrowableThat()
        .withMessageContaining("they need it");
    assertThat(questions).hasValue(1);
    need = Optional.empty();
    assertThat(leaves(server)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void shouldSayWhatItWasAnsweredLast(boolean isLate) throws Exception {
    Replication server = open(member("never"));
    refusal = ProblemCode.FAILED_PRECONDITION;
    refusals.set(Integer.MAX_VALUE);
    CompletableFuture<Void> leaving = server.membership().leave();
    await().until(() -> refusals.get() < Integer.MAX_VALUE);
    refusal = ProblemCode.DEADLINE_EXCEEDED;
    isQuestionLost = !isLate;
    assertThatThrownBy(() -> leaving.get(20, TimeUnit.SECONDS))
        .hasMessageContaining("within 0.9 s: not yet FAILED_PRECONDITION");
  }

  /**
   * What a leader could not answer any more, as it ended: the next one knows this server no more.
   */
  @Test
  void shouldHaveLeftWhereItIsAStrangerByThen() throws Exception {
    Path place = member("stranger");
    Replication server = open(place);
    isAnswerLost = true;
    assertThat(server.membership().leave()).succeedsWithin(Duration.ofSeconds(20));
    isItselfOrJoinsAnew(place, server.self().getRaftId(), true);
  }

  /** Strangers are told of no leader; but the others say what became of this one. */
  @Test
  void shouldHaveLeftWhereNobodyThatLeadsIsReachedByThen() throws Exception {
    Path place = member("unled");
    Replication server = open(place);
    isAnswerLost = true;
    isUnledOnceLetGo = true;
    assertThat(server.membership().leave()).succeedsWithin(Duration.ofSeconds(20));
    isItselfOrJoinsAnew(place, server.self().getRaftId(), true);
  }

  /** To the leader that said so, or to another. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void shouldBeKeptThoughAQuestionOfBeforeComesLate(boolean isToAnother) throws Exception {
    Path place = member("late-question");
    Replication server = open(place);
    String id = server.self().getRaftId();
    isQuestionLost = true;
    isSilent = true;
    assertThat(leaves(server)).isFalse();
    isSilent = false;
    isItselfOrJoinsAnew(place, id, false);

    assertThat(lost).isNotEmpty();
    if (isToAnother) {
      lead(2);
    }
    assertThat(removals.remove(lost.get(0))).isCompletedExceptionally();
    assertThat(group).contains(id);
    lead(1);
    isQuestionLost = false;
    assertThat(leaves(open(running))).as("another time").isTrue();
    assertThat(group).doesNotContain(id);
  }

  @Test
  void shouldNotTakeARemovalForItsLeaveThatNoLeaderOfAnOlderVersionEnded() throws Exception {
    Path place = member("old-boss");
    isBossOld = true;
    Replication server = open(place);
    isQuestionLost = true;
    assertThat(leaves(server)).isFalse();
    await().atMost(Duration.ofSeconds(20)).until(() -> !record(place).getLeaving());

    group.remove(server.self().getRaftId());
    await().atMost(Duration.ofSeconds(20)).until(() -> record(place).getRemoved());
    assertThat(server.left()).isNotDone();
  }

  @Test
  void shouldCountAsTakenOutWhereItWasNotToLeave() throws Exception {
    Path place = member("taken-out");
    Replication server = open(place);
    group.remove(server.self().getRaftId());
    await().atMost(Duration.ofSeconds(20)).until(() -> record(place).getRemoved());
    assertThat(server.left()).isNotDone();
    assertThat(startAgain(place).self().getRaftId()).isEqualTo(server.self().getRaftId());
  }
}
