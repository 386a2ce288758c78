package io.hanse.fsm.store;

import org.jspecify.annotations.Nullable;

/**
 * Bytes by a number that is given out once: what is behind an id never changes, so that readers
 * need no lock. One thread writes; any thread reads.
 */
interface Values extends AutoCloseable {
  /** Larger values would waste the small chunks that suit most rows, so they are kept apart. */
  int SMALL_BYTES_MAX = 4 << 10;

  /** The id of a value: a number never used before, and in the lowest bit whether it is large. */
  static long id(long number, byte[] value) {
    return (number << 1) | (value.length > SMALL_BYTES_MAX ? 1 : 0);
  }

  static boolean isLarge(long id) {
    return (id & 1) == 1;
  }

  /** Keeps a value. The array is not to be changed. */
  void put(long id, byte[] value);

  byte @Nullable [] get(long id);

  void remove(long id);

  /** The memory that it takes outside of the heap. */
  long offHeapBytes();

  @Override
  void close();
}
