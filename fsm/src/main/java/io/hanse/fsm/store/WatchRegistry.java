package io.hanse.fsm.store;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Those who wait for a change of what they read. Each is woken once, by a change of a key that it
 * named or that begins with a prefix that it named, and by no other.
 *
 * <p>A changed key is looked up, and so are those of its beginnings that have the length of some
 * watched prefix: no watch is looked at that is not woken.
 */
public final class WatchRegistry {
  /** So that those who begin to wait are not held up by an entry that changed very much. */
  private static final int CHANGES_UNDER_LOCK_MAX = 256;

  /** Those of one table. */
  private static final class OfTable {
    final Map<Key, Waiting> keys = new LinkedHashMap<>();
    final Map<Key, Waiting> prefixes = new LinkedHashMap<>();

    /** How many different prefixes there are of a length. */
    final TreeMap<Integer, Integer> lengths = new TreeMap<>();
  }

  private static final class Watch {
    final Collection<ReadSet.Read> reads;
    final Runnable wake;
    boolean waiting = true;

    Watch(Collection<ReadSet.Read> reads, Runnable wake) {
      this.reads = reads;
      this.wake = wake;
    }
  }

  /** Who waits for one key or prefix: a single one as a rule, but so for very many keys. */
  private static final class Waiting {
    private @Nullable Watch only;

    /** Where there were several at once. */
    private @Nullable Set<Watch> several;

    void add(Watch watch) {
      if (several != null) {
        several.add(watch);
      } else if (only == null) {
        only = watch;
      } else {
        several = new LinkedHashSet<>();
        several.add(only);
        several.add(watch);
        only = null;
      }
    }

    void remove(Watch watch) {
      if (several != null) {
        several.remove(watch);
      } else if (only == watch) {
        only = null;
      }
    }

    boolean isEmpty() {
      return several == null ? only == null : several.isEmpty();
    }

    List<Watch> list() {
      if (several != null) {
        return List.copyOf(several);
      }
      return only == null ? List.of() : List.of(only);
    }
  }

  private final Supplier<Version> current;
  private final int max;
  private final Executor executor;

  private final Object lock = new Object();
  private final OfTable[] tables = new OfTable[TableId.COUNT];
  private final Set<Watch> all = new LinkedHashSet<>();
  private volatile int count;

  WatchRegistry(Supplier<Version> current, int max, Executor executor) {
    this.current = current;
    this.max = max;
    this.executor = executor;
    for (int i = 0; i < tables.length; i++) {
      tables[i] = new OfTable();
    }
  }

  /**
   * Calls {@code wake} once, on the executor, as soon as something under {@code reads} has an index
   * above {@code since}; at once if it has already, or if the state was replaced since it was read.
   *
   * @return what ends the watch
   * @throws ProblemException OVERLOADED: too many wait
   */
  public Runnable watch(ReadSet reads, long since, Runnable wake) {
    Watch watch = new Watch(reads.reads(), wake);
    synchronized (lock) {
      if (all.size() >= max) {
        throw new ProblemException(
            ProblemCode.OVERLOADED, "too many watches wait for changes (" + max + "); try again");
      }
      add(watch);
    }
    // Looked at only now: what is published from here on finds the watch.
    Version version = current.get();
    boolean isReplaced = reads.generation() != 0 && reads.generation() != version.generation;
    if (isReplaced || version.newest(reads.reads()) > since) {
      synchronized (lock) {
        if (!watch.waiting) {
          return () -> {};
        }
        remove(watch);
      }
      run(watch);
    }
    return () -> cancel(watch);
  }

  /** How many wait. */
  public int count() {
    return count;
  }

  private void cancel(Watch watch) {
    synchronized (lock) {
      if (watch.waiting) {
        remove(watch);
      }
    }
  }

  /** Called by the applying thread, after the version with the changes is published. */
  void wake(List<Transaction.Change> changes) {
    for (int from = 0; from < changes.size() && count > 0; from += CHANGES_UNDER_LOCK_MAX) {
      int to = Math.min(changes.size(), from + CHANGES_UNDER_LOCK_MAX);
      List<Watch> woken = new ArrayList<>();
      synchronized (lock) {
        changes.subList(from, to).forEach(change -> takeMatching(change, woken));
      }
      woken.forEach(this::run);
    }
  }

  private void takeMatching(Transaction.Change change, List<Watch> woken) {
    OfTable table = tables[change.table().slot()];
    take(table.keys.get(change.key()), woken);
    if (table.lengths.isEmpty()) {
      return;
    }
    int length = change.key().bytes().length;
    for (int beginning : List.copyOf(table.lengths.headMap(length, true).keySet())) {
      take(table.prefixes.get(change.key().first(beginning)), woken);
    }
  }

  /** Wakes all. */
  void stateReplaced() {
    List<Watch> woken;
    synchronized (lock) {
      woken = List.copyOf(all);
      woken.forEach(this::remove);
    }
    woken.forEach(this::run);
  }

  private void take(@Nullable Waiting matching, List<Watch> woken) {
    if (matching != null) {
      for (Watch watch : matching.list()) {
        remove(watch);
        woken.add(watch);
      }
    }
  }

  private void add(Watch watch) {
    all.add(watch);
    count = all.size();
    for (ReadSet.Read read : watch.reads) {
      OfTable table = tables[read.table().slot()];
      Map<Key, Waiting> map = read.isPrefix() ? table.prefixes : table.keys;
      Waiting those = map.get(read.key());
      if (those == null) {
        those = new Waiting();
        map.put(read.key(), those);
        if (read.isPrefix()) {
          table.lengths.merge(read.key().bytes().length, 1, Integer::sum);
        }
      }
      those.add(watch);
    }
  }

  private void remove(Watch watch) {
    watch.waiting = false;
    all.remove(watch);
    count = all.size();
    for (ReadSet.Read read : watch.reads) {
      OfTable table = tables[read.table().slot()];
      Map<Key, Waiting> map = read.isPrefix() ? table.prefixes : table.keys;
      Waiting those = map.get(read.key());
      if (those == null) {
        continue;
      }
      those.remove(watch);
      if (those.isEmpty()) {
        map.remove(read.key());
        if (read.isPrefix()) {
          int length = read.key().bytes().length;
          table.lengths.compute(length, (same, n) -> n == null || n == 1 ? null : n - 1);
        }
      }
    }
  }

  private void run(Watch watch) {
    try {
      executor.execute(watch.wake);
    } catch (RejectedExecutionException e) {
      // The process stops: there is nobody left to answer to.
    }
  }
}
