package io.hanse.fsm.port;

import io.hanse.fsm.store.ReadSet;
import io.hanse.fsm.store.View;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A query that is run again whenever something that it read has changed. Runs don't overlap, and
 * changes during one of them lead to one more.
 */
public final class LiveQuery<T> implements AutoCloseable {
  /** Takes answers, one after the other. */
  @FunctionalInterface
  public interface Sink<T> {
    /**
     * Takes the newest answer.
     *
     * @param index the newest index under what the query read
     */
    void accept(T answer, long index);
  }

  private enum State {
    RUNNING,
    WAITING,
    /** It could not be run or watched: the sink for failures knows why. */
    FAILED,
    CLOSED
  }

  private final StateReader reader;
  private final Function<View, T> query;
  private final Executor executor;
  private final Sink<T> sink;
  private final Consumer<Throwable> failures;

  private final Object lock = new Object();
  private State state = State.WAITING;
  private long runs;
  private Runnable unwatch = () -> {};

  private LiveQuery(
      StateReader reader,
      Function<View, T> query,
      Executor executor,
      Sink<T> sink,
      Consumer<Throwable> failures) {
    this.reader = reader;
    this.query = query;
    this.executor = executor;
    this.sink = sink;
    this.failures = failures;
  }

  /**
   * Runs the query now, and from then on after each change, until it is closed or has failed.
   *
   * @param executor runs the query and the sink
   * @param failures takes what the query, the sink or the watch threw, once; nothing follows
   */
  public static <T> LiveQuery<T> start(
      StateReader reader,
      Function<View, T> query,
      Executor executor,
      Sink<T> sink,
      Consumer<Throwable> failures) {
    LiveQuery<T> live = new LiveQuery<>(reader, query, executor, sink, failures);
    live.wake();
    return live;
  }

  private void wake() {
    synchronized (lock) {
      if (state != State.WAITING) {
        return;
      }
      state = State.RUNNING;
      runs++;
    }
    executor.execute(this::run);
  }

  private void run() {
    if (isClosed()) {
      return;
    }
    try {
      T answer;
      ReadSet reads;
      long index;
      try (View view = reader.view()) {
        answer = query.apply(view);
        reads = view.reads();
        index = view.readIndex();
      }
      if (isClosed()) {
        return;
      }
      sink.accept(answer, index);
      await(reads, index);
    } catch (RuntimeException | Error e) {
      fail(e);
    }
  }

  private void await(ReadSet reads, long index) {
    long run;
    synchronized (lock) {
      if (state == State.CLOSED) {
        return;
      }
      state = State.WAITING;
      run = runs;
    }
    // It may wake us before it returns: then the next run has a watch of its own.
    Runnable end = reader.watch(reads, index, this::wake);
    synchronized (lock) {
      if (state == State.WAITING && runs == run) {
        unwatch = end;
        return;
      }
    }
    end.run();
  }

  private void fail(Throwable failure) {
    synchronized (lock) {
      if (state == State.CLOSED) {
        return;
      }
      state = State.FAILED;
    }
    failures.accept(failure);
  }

  private boolean isClosed() {
    synchronized (lock) {
      return state == State.CLOSED;
    }
  }

  /** Ends it. An answer that is being handed over may still arrive. */
  @Override
  public void close() {
    Runnable end;
    synchronized (lock) {
      state = State.CLOSED;
      end = unwatch;
    }
    end.run();
  }
}
