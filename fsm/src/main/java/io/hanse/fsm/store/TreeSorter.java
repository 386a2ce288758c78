package io.hanse.fsm.store;

import io.hanse.fsm.store.Tree.Leaf;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Builds a tree of keys that come in any order, each once, and is read when all are there: by runs
 * that are sorted, and merged at the end. Used by one thread.
 */
final class TreeSorter {
  /** What is sorted at a time: a few megabytes. */
  private static final int RUN = 1 << 15;

  private record Item(byte[] key, long id, long modifyIndex) {}

  private static final Comparator<Item> BY_KEY =
      (one, other) -> Arrays.compareUnsigned(one.key, other.key);

  /** A sorted run that is read. */
  private static final class Cursor implements Comparable<Cursor> {
    private final List<Leaf> leaves;
    private int leaf;
    private int at;
    private byte[] key;

    Cursor(List<Leaf> leaves) {
      this.leaves = leaves;
      key = leaves.get(0).keys.key(0);
    }

    /** Hands over the present item; answers whether there is another one. */
    boolean moveTo(TreeBuilder all) {
      Leaf present = leaves.get(leaf);
      all.add(key, present.ids.get(at), present.indexes.get(at));
      at++;
      if (at == present.size()) {
        at = 0;
        leaf++;
        if (leaf == leaves.size()) {
          return false;
        }
        present = leaves.get(leaf);
      }
      key = present.keys.key(at);
      return true;
    }

    @Override
    public int compareTo(Cursor other) {
      return Arrays.compareUnsigned(key, other.key);
    }
  }

  private final List<List<Leaf>> runs = new ArrayList<>();

  /** While keys come in order by themselves. */
  private final TreeBuilder ascending = new TreeBuilder();

  private byte @Nullable [] last;
  private final List<Item> unsorted = new ArrayList<>();

  void add(byte[] key, long id, long modifyIndex) {
    if (unsorted.isEmpty() && (last == null || Arrays.compareUnsigned(last, key) < 0)) {
      ascending.add(key, id, modifyIndex);
      last = key;
      return;
    }
    unsorted.add(new Item(key, id, modifyIndex));
    if (unsorted.size() == RUN) {
      sortRun();
    }
  }

  private void sortRun() {
    unsorted.sort(BY_KEY);
    TreeBuilder run = new TreeBuilder();
    unsorted.forEach(item -> run.add(item.key, item.id, item.modifyIndex));
    unsorted.clear();
    runs.add(run.leaves());
  }

  /** The tree of all that came. No more may come. */
  Tree tree() {
    if (!unsorted.isEmpty()) {
      sortRun();
    }
    if (runs.isEmpty()) {
      return ascending.tree();
    }
    if (ascending.size() > 0) {
      runs.add(ascending.leaves());
    }
    PriorityQueue<Cursor> cursors = new PriorityQueue<>();
    runs.forEach(run -> cursors.add(new Cursor(run)));
    runs.clear();
    TreeBuilder all = new TreeBuilder();
    for (Cursor first = cursors.poll(); first != null; first = cursors.poll()) {
      if (first.moveTo(all)) {
        cursors.add(first);
      }
    }
    return all.tree();
  }
}
