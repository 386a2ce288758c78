package io.hanse.fsm.store;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.store.Version.Position;
import io.hanse.fsm.store.Version.Totals;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The next version in the making: one entry of the log, with the commands in it. It reads its own
 * changes; nobody else sees any of them before {@link #publish}. Used by the applying thread only.
 *
 * <p>{@link #nextIndex} begins a command; {@link #rollbackCommand} takes back what it changed, but
 * not its index.
 */
public final class Transaction implements Rows {
  /** What a reap may add to the time that an entry of the log takes. */
  private static final int REAPED_MAX = 10_000;

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
    long id = valueId(table, key);
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
    TreeEditor editor = editors[table.slot()];
    return editor == null ? trees[table.slot()].size : editor.size();
  }

  /** As it is now: what is changed while it is scanned is not seen by the scan. */
  private Tree tree(TableId table) {
    TreeEditor editor = editors[table.slot()];
    return editor == null ? trees[table.slot()] : editor.tree();
  }

  private long valueId(TableId table, Key key) {
    TreeEditor editor = editors[table.slot()];
    return editor == null ? trees[table.slot()].valueId(key.bytes()) : editor.valueId(key.bytes());
  }

  private long modifyIndex(TableId table, Key key) {
    TreeEditor editor = editors[table.slot()];
    return editor == null
        ? trees[table.slot()].modifyIndex(key.bytes())
        : editor.modifyIndex(key.bytes());
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
    long oldId = valueId(table, key);
    byte[] old = oldId == 0 ? null : Store.value(base.values, oldId);
    count(table, key, old, value);
    if (old != null) {
      digest -= StateDigest.ofRow(table, key.bytes(), modifyIndex(table, key), old);
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
    boolean isNew = valueId(secondary, key) == 0;
    putLeaf(secondary, key, valueId, modifyIndex, isNew);
  }

  private void putLeaf(TableId table, Key key, long id, long modifyIndex, boolean isNew) {
    editor(table).put(key.bytes(), id, modifyIndex);
    if (!Tombstones.isOfThem(table)) {
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
              Locale.ROOT, // Kept in the state: all servers must say the same.
              "the state is full: %d of %d rows, %d of %d bytes; delete something first",
              rows,
              settings.rowsMax(),
              bytes,
              settings.bytesMax()));
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
    long id = valueId(table, key);
    if (id == 0) {
      return null;
    }
    byte[] value = Store.value(base.values, id);
    digest -= StateDigest.ofRow(table, key.bytes(), modifyIndex(table, key), value);
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
    Key tombstone = Tombstones.key(table, key);
    forget(tombstone);
    long id = putRow(TableId.TOMBSTONES, tombstone, Tombstones.value(timeMillis), atIndex);
    link(TableId.TOMBSTONES_BY_TIME, Tombstones.timeKey(timeMillis, tombstone), id, atIndex);
  }

  private void forget(Key tombstone) {
    byte[] value = size(TableId.TOMBSTONES) == 0 ? null : dropRow(TableId.TOMBSTONES, tombstone);
    if (value != null) {
      Key byTime = Tombstones.timeKey(Tombstones.deletedAtMillis(value), tombstone);
      editor(TableId.TOMBSTONES_BY_TIME).remove(byTime.bytes());
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
   * Drops tombstones from before the time given, the oldest first and a bounded number of them. No
   * index goes back: the floors of their tables are raised. Wakes nobody, as no answer changes.
   *
   * @return whether some are left
   */
  public boolean reap(long deletedBeforeMillis) {
    int[] reaped = {0};
    boolean[] areLeft = {false};
    scanKeys(
        TableId.TOMBSTONES_BY_TIME,
        Key.EMPTY,
        Key.EMPTY,
        (key, index) -> {
          Key tombstone = Tombstones.behindTime(key);
          if (Tombstones.timeOf(key) >= deletedBeforeMillis) {
            return false;
          }
          if (reaped[0]++ == REAPED_MAX) {
            areLeft[0] = true;
            return false;
          }
          raiseFloor(Tombstones.tableOf(tombstone), index);
          forget(tombstone);
          return true;
        });
    return areLeft[0];
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
