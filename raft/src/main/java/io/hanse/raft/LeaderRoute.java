package io.hanse.raft;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.port.Attempt;
import io.hanse.fsm.port.Leadership.Standing;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Brings a question to whoever leads, and waits for a leader while there is none: up to the
 * patience of the asker, then {@code No cluster leader}. Only for questions that may be asked
 * twice, but for {@link #askOnce}.
 */
final class LeaderRoute {
  private static final long FIRST_PAUSE_MILLIS = 10;
  private static final long LONGEST_PAUSE_MILLIS = 200;

  /** Nobody waits longer for a leader, however long what is asked of it may take. */
  private static final Duration SEARCH_MAX = Duration.ofSeconds(10);

  private final LeaderStanding standing;
  private final Executor completer;
  private final LongSupplier nanoClock;
  private final Deadlines deadlines;

  LeaderRoute(LeaderStanding standing, Executor completer, LongSupplier nanoClock) {
    this.standing = standing;
    this.completer = completer;
    this.nanoClock = nanoClock;
    this.deadlines = new Deadlines(completer, nanoClock);
  }

  /**
   * Answers on the completer.
   *
   * @param attempt given the raft id of the one that seems to lead
   */
  <T> CompletableFuture<T> ask(Duration patience, Function<String, CompletableFuture<T>> attempt) {
    return ask(patience, attempt, completer);
  }

  /**
   * The same for questions that come in thousands: a value takes no detour over the completer, so
   * what follows must not keep the thread that brings it.
   */
  <T> CompletableFuture<T> askDirectly(
      Duration patience, Function<String, CompletableFuture<T>> attempt) {
    return ask(patience, attempt, Runnable::run);
  }

  /**
   * Asks one leader, once. An answer that doesn't come is {@code COMMIT_UNKNOWN}: what was asked
   * for may have happened, and the one who was asked may still be about it, leading or not.
   *
   * @param confirm whether the one that is given leads; may be asked again
   */
  <T> CompletableFuture<T> askOnce(
      Duration patience,
      Function<String, CompletableFuture<Long>> confirm,
      Function<String, CompletableFuture<T>> attempt) {
    long deadline = nanoClock.getAsLong() + patience.toNanos();
    Duration search = patience.compareTo(SEARCH_MAX) < 0 ? patience : SEARCH_MAX;
    return this.<String>ask(search, to -> confirm.apply(to).thenApply(confirmed -> to))
        .thenCompose(
            leader -> {
              CompletableFuture<T> own = attempt.apply(leader).copy();
              if (!own.isDone()) {
                deadlines.bound(own, deadline);
              }
              return own.handleAsync(
                  (value, failure) -> {
                    if (failure == null) {
                      return value;
                    }
                    throw new CompletionException(once(failure));
                  },
                  completer);
            });
  }

  private static Throwable once(Throwable failure) {
    boolean isUnanswered =
        Problems.isElsewhere(failure) || Problems.code(failure) == ProblemCode.DEADLINE_EXCEEDED;
    return isUnanswered ? Problems.commitUnknown() : Problems.cause(failure);
  }

  private <T> CompletableFuture<T> ask(
      Duration patience, Function<String, CompletableFuture<T>> attempt, Executor values) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    Way<T> way = new Way<>(answer, attempt, values, nanoClock.getAsLong() + patience.toNanos());
    attempt(way, FIRST_PAUSE_MILLIS);
    return answer;
  }

  /**
   * A question on its way.
   *
   * @param values where a value is handed over
   */
  private record Way<T>(
      CompletableFuture<T> answer,
      Function<String, CompletableFuture<T>> attempt,
      Executor values,
      long deadline) {}

  private <T> void attempt(Way<T> way, long pauseMillis) {
    if (standing.closedBy().isPresent()) {
      way.answer.completeExceptionally(standing.closedBy().get());
      return;
    }
    Standing now = standing.standing();
    CompletableFuture<T> asked =
        Attempt.of(() -> now.leader().map(way.attempt).orElseGet(LeaderRoute::nowhere));
    CompletableFuture<T> own = asked.copy();
    if (!own.isDone()) {
      deadlines.bound(own, way.deadline);
    }
    own.whenComplete(
        (value, failure) -> {
          if (failure == null) {
            way.values.execute(() -> way.answer.complete(value));
          } else {
            completer.execute(() -> failed(way, pauseMillis, failure));
          }
        });
  }

  private static <T> CompletableFuture<T> nowhere() {
    return CompletableFuture.failedFuture(Problems.noLeader());
  }

  private <T> void failed(Way<T> way, long pauseMillis, Throwable failure) {
    long left = leftMillis(way.deadline);
    boolean isLate = Problems.code(failure) == ProblemCode.DEADLINE_EXCEEDED;
    if (!isLate && !Problems.isElsewhere(failure)) {
      way.answer.completeExceptionally(Problems.cause(failure));
    } else if (left <= 1) {
      way.answer.completeExceptionally(
          isLate ? Problems.late(Problems.cause(failure)) : Problems.noLeader());
    } else {
      standing
          .change(Math.min(left, pauseMillis))
          .thenRunAsync(
              () -> attempt(way, Math.min(2 * pauseMillis, LONGEST_PAUSE_MILLIS)), completer);
    }
  }

  private long leftMillis(long deadline) {
    return Math.max(1, (deadline - nanoClock.getAsLong()) / 1_000_000);
  }
}
