package io.hanse.fsm.store;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Values that newer versions do without, in the order in which they were replaced, until no open
 * view needs them. It grows with what open views hold back: see {@link StoreStats}.
 */
final class Retired {
  private static final int FIRST_CAPACITY = 1 << 10;

  /**
   * Of trees that went as a whole: so much of what waits is freed with each entry, and at least.
   */
  private static final int TREE_DIVISOR = 256;

  private static final int OF_TREES_MIN = 1_000;

  /** A tree that went as a whole, and how far its values are freed. */
  private static final class OfTree {
    final long sequence;
    final Tree tree;
    byte[] from = {};
    int freed;

    OfTree(long sequence, Tree tree) {
      this.sequence = sequence;
      this.tree = tree;
    }
  }

  private final Deque<OfTree> trees = new ArrayDeque<>();
  private int treeValues;

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

  /** All values of a primary tree. */
  void add(long sequence, Tree tree) {
    if (tree.size > 0) {
      trees.add(new OfTree(sequence, tree));
      treeValues += tree.size;
    }
  }

  /** Frees some of what only versions before {@code oldest} have of whole trees. */
  void freeTrees(Values values, long oldest) {
    int max = Math.max(OF_TREES_MIN, treeValues / TREE_DIVISOR);
    while (max > 0 && !trees.isEmpty() && trees.element().sequence <= oldest) {
      OfTree first = trees.element();
      int some = Math.min(max, first.tree.size - first.freed);
      free(first, values, some);
      max -= some;
      if (first.freed == first.tree.size) {
        trees.remove();
      }
    }
  }

  private void free(OfTree part, Values values, int count) {
    int[] left = {count};
    part.tree.scan(
        new byte[0],
        part.from,
        (key, id, index) -> {
          part.from = key;
          if (left[0] == 0) {
            return false;
          }
          left[0]--;
          values.remove(id);
          return true;
        });
    part.freed += count;
    treeValues -= count;
  }

  void clear() {
    trees.clear();
    treeValues = 0;
    ring = new long[2 * FIRST_CAPACITY];
    head = 0;
    tail = 0;
  }

  int size() {
    return (tail - head + ring.length) % ring.length / 2 + treeValues;
  }
}
