package io.hanse.fsm.store;

import org.jspecify.annotations.Nullable;

/**
 * One version, pinned until it is closed. It notes what is read through it, so that the answer's
 * index and what to watch need not be said by each query.
 */
public final class View implements Rows, AutoCloseable {
  View() {}

  public long logIndex() {
    throw new UnsupportedOperationException();
  }

  @Override
  public long publicIndex() {
    throw new UnsupportedOperationException();
  }

  /** The clock of the log at this version. */
  public long timeMillis() {
    throw new UnsupportedOperationException();
  }

  /** Of the content; equal on all replicas at one log index. */
  public long digest() {
    throw new UnsupportedOperationException();
  }

  /** The newest index under all that was read so far, deletions included; at least 1. */
  public long readIndex() {
    throw new UnsupportedOperationException();
  }

  /** What was read so far. */
  public ReadSet reads() {
    throw new UnsupportedOperationException();
  }

  @Override
  public byte @Nullable [] get(TableId table, Key key) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void scan(TableId table, Key prefix, Visitor visitor) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void scanKeys(TableId table, Key prefix, Key from, KeyVisitor visitor) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int size(TableId table) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
