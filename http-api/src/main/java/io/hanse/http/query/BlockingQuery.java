package io.hanse.http.query;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.port.StateReader.Freshness;
import io.hanse.fsm.port.StateReader.Level;
import io.hanse.fsm.store.ReadSet;
import io.hanse.fsm.store.View;
import io.hanse.http.exchange.Answer;
import io.hanse.http.exchange.Call;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One read, from the request to its answer. It runs its query, watches what the query read, and
 * runs it again at every wake-up until the index is above the one it was given or its time is over.
 * Everything here happens on the call's executor.
 */
final class BlockingQuery {
  /** A wait is longer by up to a sixteenth of it, so that clients do not come back all at once. */
  private static final int JITTER_PART = 16;

  private static final Logger LOG = LoggerFactory.getLogger(BlockingQuery.class);

  /**
   * What is to be answered.
   *
   * @param kept where its answers are kept; empty: it is run for each call
   */
  record Question(Query.Staged query, Metadata metadata, Optional<KeptAnswers> kept) {}

  private final StateReader reader;
  private final Reads.Limits limits;
  private final AtomicInteger parkedCount;
  private final Call call;
  private final QueryOptions options;
  private final Question question;
  private final CompletableFuture<Answer> answer = new CompletableFuture<>();

  private boolean waits;
  private boolean isParked;
  private @Nullable Runnable unwatch;
  private @Nullable ScheduledFuture<?> timer;

  BlockingQuery(
      StateReader reader,
      Reads.Limits limits,
      AtomicInteger parkedCount,
      Call call,
      QueryOptions options,
      Question question,
      boolean blocks) {
    this.reader = reader;
    this.limits = limits;
    this.parkedCount = parkedCount;
    this.call = call;
    this.options = options;
    this.question = question;
    this.waits = blocks && options.index() != 0;
  }

  CompletableFuture<Answer> start() {
    call.onCancel(this::cancel);
    if (waits) {
      long nanos = options.waitMax().toNanos();
      long jitter = ThreadLocalRandom.current().nextLong(nanos / JITTER_PART + 1);
      timer = call.executor().schedule(this::expire, nanos + jitter, TimeUnit.NANOSECONDS);
    }
    readAt(options.level());
    return answer;
  }

  private void readAt(Level level) {
    CompletableFuture<Freshness> fresh = reader.fresh(level, limits.patience());
    if (fresh.isDone()) {
      // The common case: nothing had to be asked, and no other thread is involved.
      fresh.whenComplete((freshness, failure) -> readNow(level, freshness, failure));
    } else {
      fresh.whenCompleteAsync(
          (freshness, failure) -> readNow(level, freshness, failure), call.executor());
    }
  }

  private void readNow(Level level, Freshness freshness, @Nullable Throwable failure) {
    if (failure != null) {
      fail(failure);
    } else if (isTooOld(freshness, level)) {
      readAt(Level.DEFAULT);
    } else {
      run(freshness, level);
    }
  }

  private boolean isTooOld(Freshness freshness, Level level) {
    Duration age = Duration.ofMillis(freshness.lastContactMillis());
    return level == Level.STALE
        && !options.maxStale().isZero()
        && age.compareTo(options.maxStale()) > 0;
  }

  private void run(Freshness freshness, Level level) {
    if (answer.isDone()) {
      return;
    }
    try {
      if (question.kept().isPresent()) {
        KeptAnswer kept = kept(question.kept().get());
        if (isToPark(kept.index())) {
          park(() -> kept.await(reader, this::wakeLater));
        } else {
          finish(CompletableFuture.completedFuture(kept.answer()), kept.index(), freshness, level);
        }
      } else {
        runAnew(freshness, level);
      }
    } catch (RuntimeException e) {
      fail(e);
    }
  }

  /** The answer that others got at this version, or one that others may get. */
  private KeptAnswer kept(KeptAnswers answers) {
    String name = KeptAnswers.nameOf(call);
    try (View view = view()) {
      Optional<KeptAnswer> found = answers.find(name, view);
      return found.isPresent()
          ? found.get()
          : answers.keep(name, call, question.query().prepare(call, view).get().join(), view);
    }
  }

  private void runAnew(Freshness freshness, Level level) {
    Supplier<CompletableFuture<Answer>> prepared;
    long index;
    ReadSet reads;
    try (View view = view()) {
      prepared = question.query().prepare(call, view);
      index = view.readIndex();
      reads = view.reads();
    }
    if (isToPark(index)) {
      park(() -> reader.watch(reads, index, this::wakeLater));
    } else {
      finish(prepared.get(), index, freshness, level);
    }
  }

  private View view() {
    View view = reader.view();
    view.boundBytes(limits.readBytesMax());
    return view;
  }

  private boolean isToPark(long index) {
    return waits && Long.compareUnsigned(index, options.index()) <= 0;
  }

  private void park(Supplier<Runnable> watch) {
    if (parkedCount.incrementAndGet() > limits.parkedMax()) {
      parkedCount.decrementAndGet();
      throw new ProblemException(
          ProblemCode.OVERLOADED,
          "rate limit exceeded, try again later or against a different server");
    }
    isParked = true;
    unwatch = watch.get();
  }

  /** Called by whoever changed the state: only hands over. */
  private void wakeLater() {
    try {
      call.executor().execute(this::wake);
    } catch (RejectedExecutionException e) {
      // The server is closing, and with it the connection that would be answered.
      LOG.debug("wake-up of a closed server path={}", call.path());
    }
  }

  private void wake() {
    if (unpark()) {
      readAt(options.level());
    }
  }

  /** The time is over: whatever the index is now, it is the answer. */
  private void expire() {
    waits = false;
    if (unpark()) {
      readAt(options.level());
    }
  }

  private boolean unpark() {
    if (!isParked) {
      return false;
    }
    isParked = false;
    parkedCount.decrementAndGet();
    if (unwatch != null) {
      unwatch.run();
      unwatch = null;
    }
    return true;
  }

  private void finish(
      CompletableFuture<Answer> content, long index, Freshness freshness, Level level) {
    stopTimer();
    content.whenComplete(
        (body, failure) -> {
          if (failure != null) {
            answer.completeExceptionally(failure);
          } else {
            answer.complete(
                body.hasMetadata()
                    ? body.with(question.metadata().headers(index, freshness, level))
                    : body);
          }
        });
  }

  private void fail(Throwable failure) {
    unpark();
    stopTimer();
    answer.completeExceptionally(failure);
  }

  private void cancel() {
    unpark();
    stopTimer();
    answer.cancel(false);
  }

  private void stopTimer() {
    if (timer != null) {
      timer.cancel(false);
    }
  }
}
