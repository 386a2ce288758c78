package io.hanse.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.port.Leadership.Standing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls of a leader that is lost while it is asked. */
class LeaderCallsTest {
  private static final ByteString ANSWER = ByteString.copyFromUtf8("answer");
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final List<String> asked = new ArrayList<>();
  private final List<String> questions = new ArrayList<>();
  private CompletableFuture<ByteString> answer = new CompletableFuture<>();
  private Standing now = new Standing(1, false, Optional.of("one"));
  private final LeaderStanding standing = new LeaderStanding("self", () -> now, Runnable::run);

  private final LeaderCalls calls =
      new LeaderCalls(
          standing,
          new LeaderRoute(standing, Runnable::run, System::nanoTime),
          new FakePeers() {
            @Override
            public CompletableFuture<Long> readPoint(
                String raftId, boolean isConsistent, Duration patience) {
              return switch (raftId) {
                case "gone" -> unreachable();
                case "frozen" -> new CompletableFuture<>();
                default -> CompletableFuture.completedFuture(7L);
              };
            }

            @Override
            public CompletableFuture<ByteString> ask(
                String raftId, String name, ByteString request, Duration patience) {
              asked.add(raftId);
              questions.add(request.toStringUtf8());
              return answer;
            }
          });

  private void leads(String leader) {
    now = new Standing(now.term() + 1, false, Optional.of(leader));
    standing.refresh();
  }

  @Test
  void shouldAskTheNextLeaderToo() {
    leads("one");
    CompletableFuture<ByteString> call = calls.call("question", ByteString.EMPTY, PATIENCE);
    answer = CompletableFuture.completedFuture(ANSWER);
    leads("two");
    assertThat(call.join()).isEqualTo(ANSWER);
    assertThat(asked).containsExactly("one", "two");
  }

  @Test
  void shouldAskALeaderThatLeadsAnewForItsTerm() {
    leads("one");
    CompletableFuture<ByteString> call =
        calls.call("question", term -> ByteString.copyFromUtf8("in " + term), PATIENCE);
    leads("one");
    CompletableFuture<ByteString> first = answer;
    answer = CompletableFuture.completedFuture(ANSWER);
    first.completeExceptionally(Problems.notLeader());
    assertThat(call.join()).isEqualTo(ANSWER);
    assertThat(questions).containsExactly("in 2", "in 3");
  }

  /** On another's thread nobody would hear of it, and the caller waits. */
  @Test
  void shouldFailWhereAnErrorEndsItOnItsWay() {
    CompletableFuture<ByteString> call =
        calls.call(
            "question",
            term -> {
              throw new NoClassDefFoundError("a class that nobody missed");
            },
            PATIENCE);
    leads("one");
    assertThat(call)
        .failsWithin(20, TimeUnit.SECONDS)
        .withThrowableThat()
        .havingRootCause()
        .isInstanceOf(NoClassDefFoundError.class);
  }

  @Test
  void shouldFailWhereAnErrorEndsItsAnswer() {
    calls.serve(
        "question",
        request -> {
          throw new NoClassDefFoundError("a class that nobody missed");
        });
    now = new Standing(2, true, Optional.of("self"));
    standing.refresh();
    assertThat(calls.answer("question", ByteString.EMPTY)).isCompletedExceptionally();
  }

  @Test
  void shouldAskOneLeaderOnceAndTakeItsAnswerThoughItLeadsNoMore() {
    leads("one");
    CompletableFuture<ByteString> call = calls.callOnce("deed", ByteString.EMPTY, PATIENCE);
    leads("two");
    assertThat(call).isNotDone();
    answer.complete(ANSWER);
    assertThat(call.join()).isEqualTo(ANSWER);
    assertThat(asked).containsExactly("one");
  }

  static List<ProblemException> ends() {
    return List.of(Problems.notLeader(), Problems.late(Problems.notLeader()));
  }

  @ParameterizedTest
  @MethodSource("ends")
  void shouldNotSayThatNothingHappenedWhereNoAnswerCame(ProblemException end) {
    leads("one");
    CompletableFuture<ByteString> call = calls.callOnce("deed", ByteString.EMPTY, PATIENCE);
    answer.completeExceptionally(end);
    assertThatThrownBy(call::join)
        .hasCauseInstanceOf(ProblemException.class)
        .satisfies(
            failure -> assertThat(Problems.code(failure)).isEqualTo(ProblemCode.COMMIT_UNKNOWN));
    assertThat(asked).containsExactly("one");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gone", "frozen"})
  void shouldWaitForALeaderThatAnswers(String lost) {
    leads(lost);
    CompletableFuture<ByteString> call = calls.callOnce("deed", ByteString.EMPTY, PATIENCE);
    answer = CompletableFuture.completedFuture(ANSWER);
    leads("two");
    assertThat(call.join()).isEqualTo(ANSWER);
    assertThat(asked).containsExactly("two");
  }

  /** What is done may take long; that nobody leads is told as soon as elsewhere. */
  @Test
  void shouldNotWaitForALeaderForAsLongAsForItsAnswer() {
    now = new Standing(2, false, Optional.empty());
    standing.refresh();
    AtomicLong seconds = new AtomicLong();
    LeaderRoute route =
        new LeaderRoute(
            standing, Runnable::run, () -> Duration.ofSeconds(seconds.incrementAndGet()).toNanos());
    LeaderCalls unled = new LeaderCalls(standing, route, new FakePeers() {});

    CompletableFuture<ByteString> call =
        unled.callOnce("deed", ByteString.EMPTY, Duration.ofHours(1));

    assertThatThrownBy(() -> call.get(20, TimeUnit.SECONDS))
        .satisfies(failure -> assertThat(Problems.code(failure)).isEqualTo(ProblemCode.NO_LEADER));
    assertThat(seconds.get()).isLessThan(30);
  }
}
