package io.hanse.fsm.store;

import io.hanse.fsm.store.Version.Position;
import io.hanse.fsm.store.Version.Totals;
import java.util.EnumMap;
import java.util.Map;

/** A state that is built from rows, in the order of their keys, to take the place of another. */
final class Loading implements SnapshotSink {
  private final Store store;
  private final TieredValues values;
  private final Map<TableId, TreeEditor> editors = new EnumMap<>(TableId.class);
  private final long[] floors = new long[TableId.COUNT];
  private Position position = new Position(0, 0, 0);
  private long rows;
  private long bytes;

  Loading(Store store, TieredValues values) {
    this.store = store;
    this.values = values;
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
    values.put(id, value);
    leaf(table, key, id, modifyIndex);
    if (table.isCounted()) {
      rows++;
      bytes += key.length + (long) value.length;
    }
    return id;
  }

  @Override
  public void leaf(TableId table, byte[] key, long id, long modifyIndex) {
    editors.computeIfAbsent(table, none -> new TreeEditor(Tree.EMPTY)).put(key, id, modifyIndex);
  }

  /** One of the trees as it is now. */
  Tree tree(TableId table) {
    TreeEditor editor = editors.get(table);
    return editor == null ? Tree.EMPTY : editor.tree();
  }

  /**
   * What was built.
   *
   * @param digest of all floors and rows that it was given
   */
  Version version(long sequence, long generation, long digest) {
    Tree[] trees = new Tree[TableId.COUNT];
    for (TableId table : TableId.values()) {
      trees[table.slot()] = tree(table);
    }
    Totals totals = new Totals(digest, rows, bytes);
    return new Version(sequence, generation, values, trees, floors, totals, position);
  }

  /** Forgets the trees. */
  void clear() {
    editors.clear();
  }

  /** Gives up; nothing of it was used. */
  void discard() {
    values.close();
  }
}
