package io.hanse.fsm.store;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.store.Version.Position;
import io.hanse.fsm.store.Version.Totals;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The next version in the making: one entry of the log, with the commands in it. It reads its own
 * changes; nobody else sees any of them before {@link #publish}. Used by the applying thread only;
 * while a scan runs, nothing may be changed.
 *
 * <p>{@link #nextIndex} begins a command; {@link #rollbackCommand} takes back what it changed, but
 * not its index.
 */
public final class Transaction implements Rows {
  /** A key of a tree that was put or removed. */
  record Change(TableId table, Key key) {}

  private final Store store;
  private final Version base;
  private final long logIndex;
  private final long timeMillis;
  private long publicIndex;
  private boolean published;

  // What the commands before this one left.
  private final Tree[] trees;
  private long[] floorsBefore;
  private Totals totalsBefore;
  private int createdBefore;
  private int retiredBefore;
  private int changesBefore;

  // What this command changed.
  private final @Nullable TreeEditor[] editors = new TreeEditor[TableId.COUNT];
  private long[] floors;
  private long digest;
  private long rows;
  private long bytes;

  private final LongList created = new LongList();
  private final LongList retired = new LongList();
  private final List<Change> changes = new ArrayList<>();

  Transaction(Store store, Version base, long logIndex, long timeMillis) {
    this.store = store;
    this.base = base;
    this.logIndex = logIndex;
    this.timeMillis = timeMillis;
    publicIndex = base.publicIndex();
    trees = base.copyOfTrees();
    floorsBefore = base.copyOfFloors();
    totalsBefore = base.totals();
    floors = floorsBefore;
    resetTotals();
  }

  public long logIndex() {
    return logIndex;
  }

  /** The clock of the log; it does not go back. */
  public long timeMillis() {
    return timeMillis;
  }

  /** The index of the present command. */
  @Override
  public long publicIndex() {
    return publicIndex;
  }

  /** Begins a command, and with it ends the one before, which can't be taken back from now on. */
  public long nextIndex() {
    finishCommand();
    return ++publicIndex;
  }

  /** Takes back all changes since {@link #nextIndex}. */
  public void rollbackCommand() {
    for (int i = 0; i < editors.length; i++) {
      editors[i] = null;
    }
    floors = floorsBefore;
    resetTotals();
    for (int i = createdBefore; i < created.size(); i++) {
      store.discard(created.at(i));
    }
    created.cutTo(createdBefore);
    retired.cutTo(retiredBefore);
    changes.subList(changesBefore, changes.size()).clear();
  }

  private void finishCommand() {
    for (int i = 0; i < editors.length; i++) {
      TreeEditor editor = editors[i];
      if (editor != null) {
        trees[i] = editor.tree();
        editors[i] = null;
      }
    }
    floorsBefore = floors;
    totalsBefore = new Totals(digest, rows, bytes);
    createdBefore = created.size();
    retiredBefore = retired.size();
    changesBefore = changes.size();
  }

  private void resetTotals() {
    digest = totalsBefore.digest();
    rows = totalsBefore.rows();
    bytes = totalsBefore.bytes();
  }

  @Override
  public byte @Nullable [] get(TableId table, Key key) {
    long id = tree(table).valueId(key.bytes());
    return id == 0 ? null : Store.value(base.values, id);
  }

  @Override
  public void scan(TableId table, Key prefix, Visitor visitor) {
    tree(table)
        .scan(
            prefix.bytes(),
            prefix.bytes(),
            (key, id, index) -> visitor.visit(Key.wrap(key), Store.value(base.values, id), index));
  }

  @Override
  public void scanKeys(TableId table, Key prefix, Key from, KeyVisitor visitor) {
    tree(table)
        .scan(
            prefix.bytes(), from.bytes(), (key, id, index) -> visitor.visit(Key.wrap(key), index));
  }

  @Override
  public int size(TableId table) {
    return tree(table).size;
  }

  private Tree tree(TableId table) {
    TreeEditor editor = editors[table.slot()];
    return editor == null ? trees[table.slot()] : editor.peek();
  }

  private TreeEditor editor(TableId table) {
    TreeEditor editor = editors[table.slot()];
    if (editor == null) {
      editor = new TreeEditor(trees[table.slot()]);
      editors[table.slot()] = editor;
    }
    return editor;
  }

  /**
   * Writes a row of a primary table.
   *
   * @param value to be left alone from now on
   * @throws ProblemException QUOTA_EXCEEDED, and nothing is changed
   */
  public void put(TableId table, Key key, byte[] value, long modifyIndex) {
    putRow(table, key, value, modifyIndex);
  }

  /** Answers the id of the value, for {@link #link}. */
  long putRow(TableId table, Key key, byte[] value, long modifyIndex) {
    Tree tree = tree(table);
    long oldId = tree.valueId(key.bytes());
    byte[] old = oldId == 0 ? null : Store.value(base.values, oldId);
    count(table, key, old, value);
    if (old != null) {
      digest -= StateDigest.ofRow(table, key.bytes(), tree.modifyIndex(key.bytes()), old);
      retired.add(oldId);
    }
    digest += StateDigest.ofRow(table, key.bytes(), modifyIndex, value);
    long id = store.keep(value);
    created.add(id);
    putLeaf(table, key, id, modifyIndex, old == null);
    return id;
  }

  /** Writes a leaf of a secondary tree, over the value of its row in the primary one. */
  void link(TableId secondary, Key key, long valueId, long modifyIndex) {
    boolean isNew = tree(secondary).valueId(key.bytes()) == 0;
    putLeaf(secondary, key, valueId, modifyIndex, isNew);
  }

  private void putLeaf(TableId table, Key key, long id, long modifyIndex, boolean isNew) {
    editor(table).put(key.bytes(), id, modifyIndex);
    if (table != TableId.TOMBSTONES) {
      changes.add(new Change(table, key));
      if (isNew) {
        forget(Tombstones.key(table, key));
      }
    }
  }

  /** Refuses what would grow over the quota. What shrinks or stays as large may be over it. */
  private void count(TableId table, Key key, byte @Nullable [] old, byte[] value) {
    if (!table.isCounted()) {
      return;
    }
    long moreRows = old == null ? 1 : 0;
    long moreBytes =
        old == null ? key.bytes().length + (long) value.length : value.length - (long) old.length;
    StoreSettings settings = store.settings();
    boolean tooMany = moreRows > 0 && rows + moreRows > settings.rowsMax();
    boolean tooLarge = moreBytes > 0 && bytes + moreBytes > settings.bytesMax();
    if (tooMany || tooLarge) {
      throw new ProblemException(
          ProblemCode.QUOTA_EXCEEDED,
          String.format(
              "the state is full: %d of %d rows, %d of %d bytes; delete something first",
              rows, settings.rowsMax(), bytes, settings.bytesMax()));
    }
    rows += moreRows;
    bytes += moreBytes;
  }

  /** Deletes a row of a primary table. Answers whether it was there. */
  public boolean remove(TableId table, Key key, long atIndex) {
    byte[] value = dropRow(table, key);
    if (value == null) {
      return false;
    }
    if (table.isCounted()) {
      rows--;
      bytes -= key.bytes().length + (long) value.length;
    }
    changes.add(new Change(table, key));
    bury(table, key, atIndex);
    return true;
  }

  /** Deletes a leaf of a secondary tree. */
  void unlink(TableId secondary, Key key, long atIndex) {
    if (editor(secondary).remove(key.bytes()) != 0) {
      changes.add(new Change(secondary, key));
      bury(secondary, key, atIndex);
    }
  }

  private byte @Nullable [] dropRow(TableId table, Key key) {
    Tree tree = tree(table);
    long id = tree.valueId(key.bytes());
    if (id == 0) {
      return null;
    }
    byte[] value = Store.value(base.values, id);
    digest -= StateDigest.ofRow(table, key.bytes(), tree.modifyIndex(key.bytes()), value);
    retired.add(id);
    editor(table).remove(key.bytes());
    return value;
  }

  /** Leaves a tombstone; where there are too many already, the table's floor does as well. */
  private void bury(TableId table, Key key, long atIndex) {
    if (!table.isWatched()) {
      return;
    }
    if (size(TableId.TOMBSTONES) >= store.settings().tombstonesMax()) {
      raiseFloor(table, atIndex);
      return;
    }
    byte[] value = Tombstones.value(timeMillis);
    putRow(TableId.TOMBSTONES, Tombstones.key(table, key), value, atIndex);
  }

  private void forget(Key tombstone) {
    if (size(TableId.TOMBSTONES) > 0) {
      dropRow(TableId.TOMBSTONES, tombstone);
    }
  }

  private void raiseFloor(TableId table, long index) {
    int at = table.slot();
    if (index <= floors[at]) {
      return;
    }
    if (floors == floorsBefore) {
      floors = floors.clone();
    }
    digest += StateDigest.ofFloor(table, index) - StateDigest.ofFloor(table, floors[at]);
    floors[at] = index;
  }

  /**
   * Drops tombstones from before the time given. No index goes back: the floors of their tables are
   * raised. Wakes nobody, as no answer changes.
   */
  public void reap(long deletedBeforeMillis) {
    List<Key> reaped = new ArrayList<>();
    scan(
        TableId.TOMBSTONES,
        Key.EMPTY,
        (key, value, index) -> {
          if (Tombstones.deletedAtMillis(value) < deletedBeforeMillis) {
            reaped.add(key);
            raiseFloor(Tombstones.tableOf(key.bytes()), index);
          }
          return true;
        });
    reaped.forEach(key -> dropRow(TableId.TOMBSTONES, key));
  }

  /** Makes all changes visible at once and wakes those who wait for them. Ends the transaction. */
  public Version publish() {
    if (published) {
      throw new IllegalStateException("log index " + logIndex + " is published already");
    }
    published = true;
    finishCommand();
    Version next =
        new Version(
            base.sequence + 1,
            base.generation,
            base.values,
            trees,
            floors,
            totalsBefore,
            new Position(logIndex, publicIndex, timeMillis));
    store.publish(base, next, retired, changes);
    return next;
  }
}
