package io.hanse.http.query;

import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.port.StateReader.Freshness;
import io.hanse.fsm.port.StateReader.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Finds out for reads whether what is here is fresh enough. Where the leader has to be asked, all
 * reads of an event loop that came while the last question was out share the next one, and what
 * follows from its answer is one task of the loop: each read more costs next to nothing.
 */
final class FreshnessRounds {
  /** A question that is out for longer is not waited for by those who come: it may never end. */
  private static final long SLOW_NANOS = 50_000_000;

  private static final long LEAST_PATIENCE_NANOS = 1_000_000;

  private record Asking(Executor loop, Level level) {}

  private record Waiting(CompletableFuture<Freshness> answer, long sinceNanos) {}

  private final StateReader reader;
  private final Duration patience;

  /** There are few loops, and they live as long as the server. */
  private final Map<Asking, OfLoop> loops = new ConcurrentHashMap<>();

  FreshnessRounds(StateReader reader, Duration patience) {
    this.reader = reader;
    this.patience = patience;
  }

  /**
   * As {@link StateReader#fresh}.
   *
   * @param loop whose thread calls, and completes the answer
   */
  CompletableFuture<Freshness> ask(Level level, Executor loop) {
    if (level == Level.STALE) {
      return reader.fresh(level, patience);
    }
    return loops.computeIfAbsent(new Asking(loop, level), OfLoop::new).ask();
  }

  /** The reads of one loop at one level. Used on the thread of the loop only. */
  private final class OfLoop {
    private final Executor loop;
    private final Level level;

    /** Those for whom the next question will be asked. */
    private List<Waiting> next = new ArrayList<>();

    /** A question is out, or is about to be asked. */
    private boolean isBusy;

    /** The last question was answered at once, as by a leader: the next one is not put off. */
    private boolean isAtOnce = true;

    private long askedNanos;

    OfLoop(Asking asking) {
      this.loop = asking.loop();
      this.level = asking.level();
    }

    CompletableFuture<Freshness> ask() {
      if (!isBusy && isAtOnce) {
        CompletableFuture<Freshness> fresh = question(patience);
        isAtOnce = fresh.isDone();
        return isAtOnce ? fresh : onLoop(fresh);
      }
      long now = System.nanoTime();
      if (isBusy && isSlow(now)) {
        return onLoop(question(patience));
      }
      Waiting waiting = new Waiting(new CompletableFuture<>(), now);
      next.add(waiting);
      if (!isBusy) {
        isBusy = true;
        begin();
      }
      return waiting.answer();
    }

    private CompletableFuture<Freshness> question(Duration within) {
      try {
        return reader.fresh(level, within);
      } catch (RuntimeException e) {
        return CompletableFuture.failedFuture(e);
      }
    }

    private CompletableFuture<Freshness> onLoop(CompletableFuture<Freshness> fresh) {
      return fresh.whenCompleteAsync((known, failure) -> {}, loop);
    }

    private boolean isSlow(long now) {
      return now - askedNanos > SLOW_NANOS;
    }

    /** Asks when all requests that came together have been read. */
    private void begin() {
      askedNanos = System.nanoTime();
      loop.execute(
          () -> {
            List<Waiting> asking = next;
            next = new ArrayList<>();
            askedNanos = System.nanoTime();
            CompletableFuture<Freshness> fresh = question(patience);
            isAtOnce = fresh.isDone();
            if (isAtOnce) {
              fresh.whenComplete((known, failure) -> end(asking, known, failure));
            } else {
              fresh.whenCompleteAsync((known, failure) -> end(asking, known, failure), loop);
            }
          });
    }

    private void end(List<Waiting> asked, Freshness known, @Nullable Throwable failure) {
      boolean wasSlow = isSlow(System.nanoTime());
      for (Waiting waiting : asked) {
        settle(waiting, known, failure);
      }
      if (wasSlow) {
        next.forEach(this::askAlone);
        next = new ArrayList<>();
      }
      isBusy = !next.isEmpty();
      if (isBusy) {
        begin();
      }
    }

    /** With what is left of the patience: together all would have that of the first. */
    private void askAlone(Waiting waiting) {
      long left = patience.toNanos() - (System.nanoTime() - waiting.sinceNanos());
      question(Duration.ofNanos(Math.max(LEAST_PATIENCE_NANOS, left)))
          .whenCompleteAsync((known, failure) -> settle(waiting, known, failure), loop);
    }

    private void settle(Waiting waiting, Freshness known, @Nullable Throwable failure) {
      if (failure == null) {
        waiting.answer().complete(known);
      } else {
        waiting.answer().completeExceptionally(failure);
      }
    }
  }
}
