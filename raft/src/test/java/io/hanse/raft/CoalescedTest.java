package io.hanse.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class CoalescedTest {
  private final List<CompletableFuture<String>> questions = new ArrayList<>();
  private final Coalesced<String> coalesced =
      new Coalesced<>(
          () -> {
            CompletableFuture<String> question = new CompletableFuture<>();
            questions.add(question);
            return question;
          });

  @Test
  void shouldNeverAnswerFromAQuestionAskedBefore() {
    CompletableFuture<String> first = coalesced.ask();
    CompletableFuture<String> second = coalesced.ask();
    CompletableFuture<String> third = coalesced.ask();
    assertThat(questions).hasSize(1);
    questions.get(0).complete("old");
    assertThat(first).isCompletedWithValue("old");
    assertThat(second).isNotDone();
    assertThat(questions).hasSize(2);
    questions.get(1).complete("new");
    assertThat(second).isCompletedWithValue("new");
    assertThat(third).isCompletedWithValue("new");
  }

  /** Else all who ask later would wait for a question that was never asked. */
  @Test
  void shouldAskAgainAfterAnError() {
    boolean[] isBroken = {true};
    Coalesced<String> breaking =
        new Coalesced<>(
            () -> {
              if (isBroken[0]) {
                throw new NoClassDefFoundError("a class that nobody missed");
              }
              return CompletableFuture.completedFuture("new");
            });
    assertThat(breaking.ask()).isCompletedExceptionally();
    isBroken[0] = false;
    assertThat(breaking.ask()).isCompletedWithValue("new");
  }

  @Test
  void shouldAskAgainAfterAFailure() {
    CompletableFuture<String> first = coalesced.ask();
    CompletableFuture<String> second = coalesced.ask();
    coalesced.abandon(Problems.notLeader());
    assertThat(first).isCompletedExceptionally();
    questions.get(1).complete("new");
    assertThat(second).isCompletedWithValue("new");
    assertThat(coalesced.ask()).isNotDone();
    assertThat(questions).hasSize(3);
  }
}
