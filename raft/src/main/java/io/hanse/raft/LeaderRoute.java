package io.hanse.raft;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.port.Leadership.Standing;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Brings a question to whoever leads, and waits for a leader while there is none: up to the
 * patience of the asker, then {@code No cluster leader}. Only for questions that may be asked
 * twice.
 */
final class LeaderRoute {
  private static final long FIRST_PAUSE_MILLIS = 10;
  private static final long LONGEST_PAUSE_MILLIS = 200;

  private final LeaderStanding standing;
  private final Executor completer;
  private final LongSupplier nanoClock;

  LeaderRoute(LeaderStanding standing, Executor completer, LongSupplier nanoClock) {
    this.standing = standing;
    this.completer = completer;
    this.nanoClock = nanoClock;
  }

  /**
   * @param attempt given the raft id of the one that seems to lead
   */
  <T> CompletableFuture<T> ask(Duration patience, Function<String, CompletableFuture<T>> attempt) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    attempt(answer, attempt, nanoClock.getAsLong() + patience.toNanos(), FIRST_PAUSE_MILLIS);
    return answer;
  }

  private <T> void attempt(
      CompletableFuture<T> answer,
      Function<String, CompletableFuture<T>> attempt,
      long deadline,
      long pauseMillis) {
    if (standing.closedBy().isPresent()) {
      answer.completeExceptionally(standing.closedBy().get());
      return;
    }
    Standing now = standing.standing();
    CompletableFuture<T> asked;
    try {
      asked = now.leader().map(attempt).orElseGet(LeaderRoute::nowhere);
    } catch (RuntimeException e) {
      asked = CompletableFuture.failedFuture(e);
    }
    long leftMillis = leftMillis(deadline);
    asked
        .copy()
        .orTimeout(leftMillis, TimeUnit.MILLISECONDS)
        .whenCompleteAsync(
            (value, failure) -> settle(answer, attempt, deadline, pauseMillis, value, failure),
            completer);
  }

  private static <T> CompletableFuture<T> nowhere() {
    return CompletableFuture.failedFuture(Problems.noLeader());
  }

  private <T> void settle(
      CompletableFuture<T> answer,
      Function<String, CompletableFuture<T>> attempt,
      long deadline,
      long pauseMillis,
      @Nullable T value,
      @Nullable Throwable failure) {
    if (failure == null) {
      answer.complete(value);
      return;
    }
    long left = leftMillis(deadline);
    boolean isLate = Problems.code(failure) == ProblemCode.DEADLINE_EXCEEDED;
    if (!isLate && !Problems.isElsewhere(failure)) {
      answer.completeExceptionally(Problems.cause(failure));
    } else if (left <= 1) {
      answer.completeExceptionally(isLate ? Problems.late() : Problems.noLeader());
    } else {
      standing
          .change(Math.min(left, pauseMillis))
          .thenRunAsync(
              () ->
                  attempt(
                      answer, attempt, deadline, Math.min(2 * pauseMillis, LONGEST_PAUSE_MILLIS)),
              completer);
    }
  }

  private long leftMillis(long deadline) {
    return Math.max(1, (deadline - nanoClock.getAsLong()) / 1_000_000);
  }
}
