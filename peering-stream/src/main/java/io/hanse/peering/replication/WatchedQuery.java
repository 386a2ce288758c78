package io.hanse.peering.replication;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.store.ReadSet;
import io.hanse.fsm.store.View;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A question to the state that is asked again whenever something that it read has changed; from
 * time to time, where nobody can watch that for it. Answers are given on the loop; changes that
 * come together make one answer. Used on its loop only.
 */
public final class WatchedQuery<T> {
  private static final Logger LOG = LoggerFactory.getLogger(WatchedQuery.class);
  private static final UnwatchedNews UNWATCHED = new UnwatchedNews(LOG::warn);
  private static final long RETRY_MILLIS = 1_000;

  /** Between two looks at what is not watched. */
  static final long UNWATCHED_MILLIS = 10_000;

  private final Loop loop;
  private final StateReader state;
  private final Function<View, T> question;
  private final Consumer<T> sink;
  private Runnable unwatch = () -> {};
  private boolean closed;

  /** In a row. */
  private final Tally failures = new Tally(1);

  private final Tally untaken = new Tally(1);

  private WatchedQuery(Loop loop, StateReader state, Function<View, T> question, Consumer<T> sink) {
    this.loop = loop;
    this.state = state;
    this.question = question;
    this.sink = sink;
  }

  public static <T> WatchedQuery<T> start(
      Loop loop, StateReader state, Function<View, T> question, Consumer<T> sink) {
    WatchedQuery<T> query = new WatchedQuery<>(loop, state, question, sink);
    loop.execute(query::ask);
    return query;
  }

  /**
   * A question that {@link #first} is to ask.
   *
   * @param sink told the answers after the first
   */
  public static <T> WatchedQuery<T> of(
      Loop loop, StateReader state, Function<View, T> question, Consumer<T> sink) {
    return new WatchedQuery<>(loop, state, question, sink);
  }

  /**
   * Asks now, for those who may not go on without an answer. To be called once, on the loop.
   *
   * @return empty where the question failed; the sink is told when it is answered
   */
  public Optional<T> first() {
    return answer();
  }

  private void ask() {
    if (!closed) {
      answer().ifPresent(this::give);
    }
  }

  /** An answer that was taken in by half is given once more. */
  private void give(T answer) {
    try {
      sink.accept(answer);
      untaken.reset();
    } catch (RuntimeException | Error e) {
      if (untaken.add()) {
        report("answer not taken in", e, untaken.times());
      }
      if (!closed) {
        unwatch.run();
        unwatch = loop.after(RETRY_MILLIS, this::ask);
      }
    }
  }

  private Optional<T> answer() {
    T answer;
    try {
      ReadSet reads;
      long index;
      try (View view = state.view()) {
        answer = question.apply(view);
        reads = view.reads();
        index = view.readIndex();
      }
      unwatch = watch(reads, index);
    } catch (RuntimeException | Error e) {
      if (failures.add()) {
        report("query failed", e, failures.times());
      }
      // Without a watch, nothing would ever be told again of what it is about.
      unwatch = loop.after(RETRY_MILLIS, this::ask);
      return Optional.empty();
    }
    failures.reset();
    return Optional.of(answer);
  }

  /** All watches may be taken: what is told late is better than nothing, or than half of it. */
  private Runnable watch(ReadSet reads, long index) {
    try {
      return state.watch(reads, index, () -> loop.execute(this::ask));
    } catch (ProblemException e) {
      if (e.code() != ProblemCode.OVERLOADED) {
        throw e;
      }
      UNWATCHED.met(loop.nowMillis(), String.valueOf(e.getMessage()));
      return loop.after(UNWATCHED_MILLIS, this::ask);
    }
  }

  /** A problem is the state's, anything else a mistake of ours. */
  private static void report(String what, Throwable failure, long failures) {
    if (failure instanceof ProblemException problem) {
      LOG.warn(
          "{}, trying again failures={} code={} cause={}",
          what,
          failures,
          problem.code(),
          problem.getMessage());
    } else {
      LOG.error("{}, trying again failures={}", what, failures, failure);
    }
  }

  public void close() {
    closed = true;
    unwatch.run();
  }
}
