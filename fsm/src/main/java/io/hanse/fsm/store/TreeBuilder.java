package io.hanse.fsm.store;

import io.hanse.fsm.store.Tree.Inner;
import io.hanse.fsm.store.Tree.Leaf;
import io.hanse.fsm.store.Tree.Node;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Builds a tree of keys that come in ascending order: each node once, where {@link TreeEditor}
 * would make a leaf anew for each key. Used by one thread.
 */
final class TreeBuilder {
  /** Of a node; nearly full, so that there is room for a few more before it is split. */
  private static final int FILLED = 30;

  private final List<Leaf> leaves = new ArrayList<>();
  private final byte[][] keys = new byte[FILLED][];
  private final long[] ids = new long[FILLED];
  private final long[] indexes = new long[FILLED];
  private int pending;
  private int size;

  /** The key is above all that came before. */
  void add(byte[] key, long id, long modifyIndex) {
    if (pending == FILLED) {
      endLeaf();
    }
    keys[pending] = key;
    ids[pending] = id;
    indexes[pending] = modifyIndex;
    pending++;
    size++;
  }

  private void endLeaf() {
    leaves.add(
        new Leaf(
            SortedKeys.of(Arrays.copyOf(keys, pending)),
            PackedNumbers.of(Arrays.copyOf(ids, pending)),
            PackedNumbers.of(Arrays.copyOf(indexes, pending))));
    pending = 0;
  }

  int size() {
    return size;
  }

  /** All that came, in order. No more may come. */
  List<Leaf> leaves() {
    if (pending > 0) {
      endLeaf();
    }
    return leaves;
  }

  /** The tree of all that came. No more may come. */
  Tree tree() {
    if (size == 0) {
      return Tree.EMPTY;
    }
    List<? extends Node> level = leaves();
    while (level.size() > 1) {
      level = above(level);
    }
    return new Tree(level.get(0), size);
  }

  private static List<Node> above(List<? extends Node> level) {
    // In equal parts: none of them is left with a single child.
    int parts = (level.size() + FILLED - 1) / FILLED;
    List<Node> inner = new ArrayList<>(parts);
    for (int part = 0; part < parts; part++) {
      int from = (int) ((long) level.size() * part / parts);
      int to = (int) ((long) level.size() * (part + 1) / parts);
      Node[] kids = level.subList(from, to).toArray(new Node[0]);
      byte[][] separators = new byte[kids.length][];
      long[] newest = new long[kids.length];
      for (int i = 0; i < kids.length; i++) {
        separators[i] = kids[i].first();
        newest[i] = kids[i].newest();
      }
      inner.add(new Inner(new Object(), separators, kids, newest));
    }
    return inner;
  }
}
