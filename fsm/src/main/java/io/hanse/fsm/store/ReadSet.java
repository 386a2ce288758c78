package io.hanse.fsm.store;

import java.util.LinkedHashSet;
import java.util.Set;

/** The keys and prefixes that a query looked at: what its answer depends on. */
public record ReadSet(Set<Read> reads) {
  /** A key, or all keys that begin with it. */
  public record Read(TableId table, Key key, boolean isPrefix) {}

  public ReadSet {
    reads = new LinkedHashSet<>(reads);
  }
}
