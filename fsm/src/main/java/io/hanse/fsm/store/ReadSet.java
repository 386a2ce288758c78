package io.hanse.fsm.store;

import java.util.Collection;
import java.util.List;

/**
 * The keys and prefixes that a query looked at: what its answer depends on.
 *
 * @param reads each at most once
 * @param generation of the state that was read; 0: of any
 */
public record ReadSet(List<Read> reads, long generation) {
  /** A key, or all keys that begin with it. */
  public record Read(TableId table, Key key, boolean isPrefix) {}

  // A list: it takes a tenth of the memory of a set, and those of watches are many.
  public ReadSet {
    reads = List.copyOf(reads);
  }

  public ReadSet(Collection<Read> reads) {
    this(List.copyOf(reads), 0);
  }
}
