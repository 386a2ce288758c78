package io.hanse.fsm.store;

import org.jspecify.annotations.Nullable;

/**
 * Bytes by a number that is given out once: what is behind an id never changes, so that readers
 * need no lock. One thread writes; any thread reads.
 */
interface Values extends AutoCloseable {
  /** Keeps a value under an id that was never used before. The array is not to be changed. */
  void put(long id, byte[] value);

  byte @Nullable [] get(long id);

  /** Answers whether it was there. */
  boolean remove(long id);

  /** The memory that it takes outside of the heap. */
  long offHeapBytes();

  @Override
  void close();
}
