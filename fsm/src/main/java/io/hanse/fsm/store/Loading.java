package io.hanse.fsm.store;

import io.hanse.fsm.store.Version.Position;
import io.hanse.fsm.store.Version.Totals;
import java.util.EnumMap;
import java.util.Map;

/** A state that is built from rows, in the order of their keys, to take the place of another. */
final class Loading implements SnapshotSink {
  /** A tree in the making. */
  private interface Growing {
    void add(byte[] key, long id, long modifyIndex);

    Tree tree();
  }

  /** Can be read at any time, but makes a leaf anew for each key. */
  private static final class Edited implements Growing {
    private final TreeEditor editor = new TreeEditor(Tree.EMPTY);

    @Override
    public void add(byte[] key, long id, long modifyIndex) {
      editor.put(key, id, modifyIndex);
    }

    @Override
    public Tree tree() {
      return editor.tree();
    }
  }

  /** Takes a fraction of the time, most of it at the end. */
  private static final class Sorted implements Growing {
    private final TreeSorter sorter = new TreeSorter();

    @Override
    public void add(byte[] key, long id, long modifyIndex) {
      sorter.add(key, id, modifyIndex);
    }

    @Override
    public Tree tree() {
      return sorter.tree();
    }
  }

  private final Store store;
  private final TieredValues values;
  private final PackedValues packed;
  private final boolean isAtOnce;
  private final Map<TableId, Growing> trees = new EnumMap<>(TableId.class);
  private final long[] floors = new long[TableId.COUNT];
  private Position position = new Position(0, 0, 0);
  private long rows;
  private long bytes;

  private Loading(Store store, TieredValues values, long expectedBytes, boolean isAtOnce) {
    this.store = store;
    this.values = values;
    this.isAtOnce = isAtOnce;
    packed = values.pack(store.lastValueId(), expectedBytes);
  }

  /** For a state that is read in one go, while nobody waits for the thread. */
  static Loading atOnce(Store store, TieredValues values, long expectedBytes) {
    return new Loading(store, values, expectedBytes, true);
  }

  /** For one that comes in parts, between which the thread has other work. */
  static Loading bitByBit(Store store, TieredValues values, long expectedBytes) {
    return new Loading(store, values, expectedBytes, false);
  }

  void at(Position newPosition) {
    position = newPosition;
  }

  @Override
  public void floor(TableId table, long floor) {
    floors[table.slot()] = floor;
  }

  @Override
  public long row(TableId table, byte[] key, byte[] value, long modifyIndex) {
    long id = store.nextValueId(value);
    if (!packed.put(id, value)) {
      keepUnpacked(id, value);
    }
    leaf(table, key, id, modifyIndex);
    if (table.isCounted()) {
      rows++;
      bytes += key.length + (long) value.length;
    }
    return id;
  }

  private void keepUnpacked(long id, byte[] value) {
    if (isAtOnce) {
      values.putNow(id, value);
    } else {
      values.put(id, value);
    }
  }

  @Override
  public void leaf(TableId table, byte[] key, long id, long modifyIndex) {
    trees
        .computeIfAbsent(table, none -> isAtOnce ? new Sorted() : new Edited())
        .add(key, id, modifyIndex);
  }

  /** One of the trees, as it is now. Once, of a state that is read in one go. */
  Tree tree(TableId table) {
    Growing tree = trees.get(table);
    return tree == null ? Tree.EMPTY : tree.tree();
  }

  /** No row comes any more. */
  void seal() {
    packed.seal();
  }

  /**
   * What was built.
   *
   * @param digest of all floors and rows that it was given
   */
  Version version(long sequence, long generation, long digest) {
    seal();
    Tree[] built = new Tree[TableId.COUNT];
    for (TableId table : TableId.values()) {
      built[table.slot()] = tree(table);
      // What is left of one is garbage before the next one is made.
      trees.remove(table);
    }
    Totals totals = new Totals(digest, rows, bytes);
    return new Version(sequence, generation, values, built, floors, totals, position);
  }

  /** Forgets the trees. */
  void clear() {
    trees.clear();
  }

  /** Gives up; nothing of it was used. */
  void discard() {
    values.close();
  }
}
