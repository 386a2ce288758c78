package io.hanse.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DeadlinesTest {
  private final AtomicLong nanos = new AtomicLong();
  private final Deadlines deadlines = new Deadlines(Runnable::run, nanos::get);

  @Test
  void failsWhatIsLateAndNothingElse() {
    CompletableFuture<String> ended = new CompletableFuture<>();
    CompletableFuture<String> late = new CompletableFuture<>();
    CompletableFuture<String> early = new CompletableFuture<>();
    deadlines.bound(early, 2_000);
    deadlines.bound(ended, 1_000);
    deadlines.bound(late, 1_000);
    ended.complete("in time");

    nanos.set(1_500);

    await().until(late::isDone);
    assertThat(late)
        .failsWithin(java.time.Duration.ZERO)
        .withThrowableThat()
        .withCauseInstanceOf(TimeoutException.class);
    assertThat(ended).isCompletedWithValue("in time");
    assertThat(early).isNotDone();
  }

  @Test
  void looksAgainAfterItHadNothingToDo() {
    CompletableFuture<String> first = new CompletableFuture<>();
    deadlines.bound(first, 1_000);
    nanos.set(1_500);
    await().until(first::isDone);

    CompletableFuture<String> second = new CompletableFuture<>();
    deadlines.bound(second, 2_000);
    nanos.set(2_500);

    await().until(second::isCompletedExceptionally);
  }
}
