package io.hanse.jepsen.history;

import java.util.ArrayList;
import java.util.List;

/** What the one writer of a key wrote, and what those who watched it saw. */
public final class WatchHistory {
  /** An acknowledged write; they stand in the order of their writer. */
  public record Write(String value) {}

  /**
   * An answer to a query that blocked.
   *
   * @param index what the answer says to go on from
   * @param modifyIndex the key's own; 0: there was none
   */
  public record Sight(String watcher, String value, long modifyIndex, long index) {}

  private final List<Write> writes = new ArrayList<>();
  private final List<Sight> sights = new ArrayList<>();

  public synchronized void add(Write write) {
    writes.add(write);
  }

  /** A sight of a watcher; each adds its own in order. */
  public synchronized void add(Sight sight) {
    sights.add(sight);
  }

  public synchronized List<Write> writes() {
    return List.copyOf(writes);
  }

  public synchronized List<Sight> sights() {
    return List.copyOf(sights);
  }
}
