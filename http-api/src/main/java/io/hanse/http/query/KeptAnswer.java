package io.hanse.http.query;

import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.port.StateReader.Freshness;
import io.hanse.fsm.port.StateReader.Level;
import io.hanse.fsm.store.ReadSet;
import io.hanse.fsm.store.View;
import io.hanse.http.exchange.Answer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An answer as it was encoded, with what it was read from: it is right for every version that reads
 * the same there. All queries that wait for it to change share one watch.
 */
final class KeptAnswer {
  /** What most of those get who ask at one time. */
  private record WithHeaders(Metadata metadata, Freshness freshness, Level level, Answer answer) {}

  private final Answer answer;
  private final ReadSet reads;
  private final long index;

  /** The last version it was found right for: mostly the next query sees the same one. */
  private volatile long sequence;

  private volatile @Nullable WithHeaders last;

  private final Set<Runnable> waiting = new LinkedHashSet<>();
  private @Nullable Runnable unwatch;

  /**
   * @param view where all that the answer says was read
   */
  KeptAnswer(Answer answer, View view) {
    this.answer = answer;
    this.reads = view.reads();
    this.index = view.readIndex();
    this.sequence = view.sequence();
  }

  Answer answer() {
    return answer;
  }

  /** With its headers: the same object for all who get the same. */
  Answer answer(Metadata metadata, Freshness freshness, Level level) {
    WithHeaders known = last;
    if (known == null
        || known.metadata != metadata
        || known.level != level
        || !known.freshness.equals(freshness)) {
      known =
          new WithHeaders(metadata, freshness, level, metadata.on(answer, index, freshness, level));
      last = known;
    }
    return known.answer;
  }

  /** The newest index under what was read. */
  long index() {
    return index;
  }

  /** Of the newest version it is known to be right for. */
  long sequence() {
    return sequence;
  }

  int readCount() {
    return reads.reads().size();
  }

  /** Whether the same query, run on the view, would answer the same. */
  boolean isRightFor(View view) {
    if (view.sequence() == sequence) {
      return true;
    }
    boolean isRight = view.isUnchanged(reads, index);
    if (isRight) {
      sequence = view.sequence();
    }
    return isRight;
  }

  /**
   * Calls {@code wake} once, as soon as the answer is not right any more.
   *
   * @return what ends the waiting
   */
  Runnable await(StateReader reader, Runnable wake) {
    synchronized (waiting) {
      waiting.add(wake);
      if (unwatch == null) {
        try {
          Runnable watch = reader.watch(reads, index, this::changed);
          // A watch that woke at once has taken all who wait.
          unwatch = waiting.isEmpty() ? null : watch;
        } catch (RuntimeException e) {
          waiting.remove(wake);
          throw e;
        }
      }
    }
    return () -> leave(wake);
  }

  private void leave(Runnable wake) {
    synchronized (waiting) {
      if (waiting.remove(wake) && waiting.isEmpty() && unwatch != null) {
        unwatch.run();
        unwatch = null;
      }
    }
  }

  private void changed() {
    List<Runnable> woken;
    synchronized (waiting) {
      woken = new ArrayList<>(waiting);
      waiting.clear();
      unwatch = null;
    }
    woken.forEach(Runnable::run);
  }
}
