package io.hanse.http.query;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.port.StateReader.Freshness;
import io.hanse.fsm.port.StateReader.Level;
import io.hanse.fsm.store.ReadSet;
import io.hanse.fsm.store.TurnOverException;
import io.hanse.fsm.store.View;
import io.hanse.http.exchange.Answer;
import io.hanse.http.exchange.Call;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One read, from the request to its answer. It runs its query, watches what the query read, and
 * runs it again at every wake-up until the index is above the one it was given or its time is over.
 * Everything here happens on the call's executor, but for the reading of what is large.
 */
final class BlockingQuery {
  /** A wait is longer by up to a sixteenth of it, so that clients do not come back all at once. */
  private static final int JITTER_PART = 16;

  private static final Logger LOG = LoggerFactory.getLogger(BlockingQuery.class);

  /**
   * What is to be answered.
   *
   * @param kept where its answers are kept; empty: it is run for each call
   * @param large where it is run once it has turned out to read much
   */
  record Question(
      Query.Staged query,
      Metadata metadata,
      Optional<KeptAnswers> kept,
      AnswerEncoder encoder,
      LargeReads large) {}

  /**
   * What a run of the query came to.
   *
   * @param content of the answer, not asked for while it is held back
   * @param kept the same, if others may get it
   * @param watch watches what was read
   */
  private record Ran(
      long index,
      Supplier<CompletableFuture<Answer>> content,
      Function<Runnable, Runnable> watch,
      Optional<KeptAnswer> kept) {}

  private final StateReader reader;
  private final Reads.Limits limits;
  private final AtomicInteger parkedCount;
  private final Call call;
  private final QueryOptions options;
  private final Question question;
  private final CompletableFuture<Answer> answer = new CompletableFuture<>();

  private boolean waits;
  private boolean isParked;

  /** It has turned out to read more than an event loop has time for. */
  private boolean isLarge;

  /** Of the version that it saw last. */
  private long sequence;

  private volatile @Nullable String name;
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
    Optional<Ran> ran;
    try {
      ran = turn();
    } catch (RuntimeException | Error e) {
      fail(e);
      return;
    }
    if (ran.isPresent()) {
      settle(ran.get(), freshness, level);
      return;
    }
    isLarge = true;
    boolean mayPark = waits;
    question
        .kept()
        .map(this::keptElsewhere)
        .orElseGet(() -> question.large().run(() -> readWhole(mayPark)))
        .whenCompleteAsync(
            (whole, failure) -> {
              if (failure != null) {
                Throwable cause = failure.getCause();
                fail(failure instanceof CompletionException && cause != null ? cause : failure);
              } else if (!answer.isDone()) {
                settle(whole, freshness, level);
              }
            },
            call.executor());
  }

  /** Runs the query as long as others may wait for it; empty: it has to be run elsewhere. */
  private Optional<Ran> turn() {
    try (View view = view()) {
      view.boundTurn(LargeReads.TURN_BYTES);
      sequence = view.sequence();
      if (question.kept().isEmpty()) {
        return isLarge ? Optional.empty() : Optional.of(read(view));
      }
      KeptAnswers answers = question.kept().get();
      Optional<KeptAnswer> found = answers.find(name(), view);
      isLarge |= found.isEmpty() && answers.isLarge(name());
      return found.isPresent() || isLarge
          ? found.map(this::ranOf)
          : Optional.of(ranOf(keep(answers, view)));
    } catch (TurnOverException e) {
      return Optional.empty();
    }
  }

  private Ran read(View view) {
    Supplier<CompletableFuture<Answer>> prepared = question.query().prepare(call, view);
    view.requireTurn();
    long index = view.readIndex();
    ReadSet reads = view.reads();
    return new Ran(index, prepared, wake -> reader.watch(reads, index, wake), Optional.empty());
  }

  /** Also encodes, unless it will be held back. */
  private Ran readWhole(boolean mayPark) {
    Ran ran;
    try (View view = view()) {
      ran = read(view);
    }
    if (mayPark && isSeen(ran.index())) {
      return ran;
    }
    CompletableFuture<Answer> ready =
        ran.content().get().thenApply(content -> question.encoder().ready(call, content));
    return new Ran(ran.index(), () -> ready, ran.watch(), Optional.empty());
  }

  private CompletableFuture<Ran> keptElsewhere(KeptAnswers answers) {
    return answers
        .keepLarge(
            name(),
            sequence,
            question.large(),
            () -> {
              try (View view = view()) {
                KeptAnswer kept = answers.find(name(), view).orElseGet(() -> keep(answers, view));
                question.encoder().ready(call, kept.answer());
                return kept;
              }
            })
        .thenApply(this::ranOf);
  }

  /** An answer that others may get, too. */
  private KeptAnswer keep(KeptAnswers answers, View view) {
    Answer fresh = question.query().prepare(call, view).get().join();
    // Whatever a query made of a turn that was over: nobody is to get it.
    view.requireTurn();
    return answers.keep(name(), call, fresh, view);
  }

  /** Of what is kept. */
  private String name() {
    String known = name;
    if (known == null) {
      known = KeptAnswers.nameOf(call);
      name = known;
    }
    return known;
  }

  private Ran ranOf(KeptAnswer kept) {
    return new Ran(
        kept.index(),
        () -> CompletableFuture.completedFuture(kept.answer()),
        wake -> kept.await(reader, wake),
        Optional.of(kept));
  }

  private void settle(Ran ran, Freshness freshness, Level level) {
    try {
      if (isToPark(ran.index())) {
        park(() -> ran.watch().apply(this::wakeLater));
      } else {
        finish(ran, freshness, level);
      }
    } catch (RuntimeException | Error e) {
      fail(e);
    }
  }

  private View view() {
    View view = reader.view();
    view.boundBytes(limits.readBytesMax());
    return view;
  }

  private boolean isToPark(long index) {
    return waits && isSeen(index);
  }

  private boolean isSeen(long index) {
    return Long.compareUnsigned(index, options.index()) <= 0;
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

  private void finish(Ran ran, Freshness freshness, Level level) {
    stopTimer();
    if (ran.kept().isPresent()) {
      answer.complete(ran.kept().get().answer(question.metadata(), freshness, level));
      return;
    }
    ran.content()
        .get()
        .whenComplete(
            (body, failure) -> {
              if (failure != null) {
                answer.completeExceptionally(failure);
              } else {
                answer.complete(question.metadata().on(body, ran.index(), freshness, level));
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
