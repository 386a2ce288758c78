package io.hanse.fsm.store;

import org.jspecify.annotations.Nullable;

/** What can be read: a pinned version, or a version in the making with the changes made so far. */
public interface Rows {
  /** Takes rows in key order; ends the scan by answering false. */
  @FunctionalInterface
  interface Visitor {
    boolean visit(Key key, byte[] value, long modifyIndex);
  }

  /** Takes keys in order, without their values. */
  @FunctionalInterface
  interface KeyVisitor {
    boolean visit(Key key, long modifyIndex);
  }

  byte @Nullable [] get(TableId table, Key key);

  /** The rows whose key begins with the prefix. */
  void scan(TableId table, Key prefix, Visitor visitor);

  /** The keys that begin with the prefix and are not below {@code from}. */
  void scanKeys(TableId table, Key prefix, Key from, KeyVisitor visitor);

  /** Whether any key begins with the prefix; it takes no longer where there are many. */
  default boolean hasAny(TableId table, Key prefix) {
    boolean[] found = {false};
    scanKeys(
        table,
        prefix,
        prefix,
        (key, modifyIndex) -> {
          found[0] = true;
          return false;
        });
    return found[0];
  }

  /** How many rows the table has. */
  int size(TableId table);

  /** The public index of the version. */
  long publicIndex();

  /**
   * The index at which an archive took the place of the state last; 0: never, or this is a version
   * in the making.
   */
  default long restoredIndex() {
    return 0;
  }
}
