package io.hanse.fsm.store;

/**
 * Values that newer versions do without, in the order in which they were replaced, until no open
 * view needs them. It grows with what open views hold back: see {@link StoreStats}.
 */
final class Retired {
  private static final int FIRST_CAPACITY = 1 << 10;

  // A ring of pairs: the version without the value, its id.
  private long[] ring = new long[2 * FIRST_CAPACITY];
  private int head;
  private int tail;

  void add(long sequence, long id) {
    ring[tail] = sequence;
    ring[tail + 1] = id;
    tail = (tail + 2) % ring.length;
    if (tail == head) {
      grow();
    }
  }

  private void grow() {
    long[] longer = new long[ring.length * 2];
    System.arraycopy(ring, head, longer, 0, ring.length - head);
    System.arraycopy(ring, 0, longer, ring.length - head, head);
    head = 0;
    tail = ring.length;
    ring = longer;
  }

  /** Frees what only versions before {@code oldest} have, but not more than so many. */
  void free(Values values, long oldest, int max) {
    for (int i = 0; i < max && head != tail && ring[head] <= oldest; i++) {
      values.remove(ring[head + 1]);
      head = (head + 2) % ring.length;
    }
  }

  void clear() {
    ring = new long[2 * FIRST_CAPACITY];
    head = 0;
    tail = 0;
  }

  int size() {
    return (tail - head + ring.length) % ring.length / 2;
  }
}
