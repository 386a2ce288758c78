package io.hanse.fsm.store;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The keys and prefixes that a query looked at: what its answer depends on.
 *
 * @param reads each at most once
 * @param generation of the state that was read; 0: of any
 */
public record ReadSet(Set<Read> reads, long generation) {
  /** A key, or all keys that begin with it. */
  public record Read(TableId table, Key key, boolean isPrefix) {}

  public ReadSet {
    reads = Collections.unmodifiableSet(new LinkedHashSet<>(reads));
  }

  public ReadSet(Set<Read> reads) {
    this(reads, 0);
  }
}
