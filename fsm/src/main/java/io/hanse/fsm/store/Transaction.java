package io.hanse.fsm.store;

import io.hanse.fsm.row.StateQuota;
import io.hanse.fsm.store.Version.Position;
import io.hanse.fsm.store.Version.Totals;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
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
  private final WorkingTrees trees;
  private long[] floorsBefore;
  private Totals totalsBefore;
  private boolean replacedBefore;
  private long commandIndex;
  private int createdBefore;
  private int retiredBefore;
  private int retiredTreesBefore;
  private int changesBefore;

  // What this command changed.
  private long[] floors;
  private final RunningTotals totals = new RunningTotals();
  private boolean isReplaced;

  /** Read when it is first needed. */
  private @Nullable StateQuota quota;

  private final LongList created = new LongList();
  private final LongList retired = new LongList();
  private final List<Tree> retiredTrees = new ArrayList<>();
  private final List<Change> changes = new ArrayList<>();

  Transaction(Store store, Version base, long logIndex, long timeMillis) {
    this.store = store;
    this.base = base;
    this.logIndex = logIndex;
    this.timeMillis = timeMillis;
    publicIndex = base.publicIndex();
    trees = new WorkingTrees(base.copyOfTrees());
    floorsBefore = base.copyOfFloors();
    totalsBefore = base.totals();
    floors = floorsBefore;
    commandIndex = publicIndex;
    totals.reset(totalsBefore);
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
    commandIndex = ++publicIndex;
    return publicIndex;
  }

  /** Takes back all changes since {@link #nextIndex}. */
  public void rollbackCommand() {
    trees.rollback();
    floors = floorsBefore;
    publicIndex = commandIndex;
    isReplaced = replacedBefore;
    quota = null;
    totals.reset(totalsBefore);
    for (int i = createdBefore; i < created.size(); i++) {
      store.discard(created.at(i));
    }
    created.cutTo(createdBefore);
    retired.cutTo(retiredBefore);
    retiredTrees.subList(retiredTreesBefore, retiredTrees.size()).clear();
    changes.subList(changesBefore, changes.size()).clear();
  }

  private void finishCommand() {
    trees.finish();
    floorsBefore = floors;
    totalsBefore = totals.totals();
    replacedBefore = isReplaced;
    createdBefore = created.size();
    retiredBefore = retired.size();
    retiredTreesBefore = retiredTrees.size();
    changesBefore = changes.size();
  }

  @Override
  public byte @Nullable [] get(TableId table, Key key) {
    long id = trees.valueId(table, key);
    return id == 0 ? null : Store.value(base.values, id);
  }

  /** A number that is another one whenever the row is; 0 while there is none. */
  public long stamp(TableId table, Key key) {
    return trees.valueId(table, key);
  }

  ParsedRows parsedRows() {
    return store.parsedRows();
  }

  /** The value that a key leads to, of an id that is not 0. */
  byte[] value(long id) {
    return Store.value(base.values, id);
  }

  /** Hands over the ids of the values under a prefix, in the order of the keys. */
  void scanIds(TableId table, Key prefix, LongConsumer visitor) {
    trees.scan(
        table,
        prefix,
        prefix,
        (key, id, index) -> {
          visitor.accept(id);
          return true;
        });
  }

  @Override
  public void scan(TableId table, Key prefix, Visitor visitor) {
    trees.scan(
        table,
        prefix,
        prefix,
        (key, id, index) -> visitor.visit(Key.wrap(key), Store.value(base.values, id), index));
  }

  @Override
  public void scanKeys(TableId table, Key prefix, Key from, KeyVisitor visitor) {
    trees.scan(table, prefix, from, (key, id, index) -> visitor.visit(Key.wrap(key), index));
  }

  @Override
  public int size(TableId table) {
    return trees.size(table);
  }

  /**
   * Writes a row of a primary table.
   *
   * @param value to be left alone from now on
   * @throws io.hanse.fsm.error.ProblemException QUOTA_EXCEEDED, and nothing is changed
   */
  public void put(TableId table, Key key, byte[] value, long modifyIndex) {
    putRow(table, key, value, modifyIndex);
  }

  /** Answers the id of the value, for {@link #link}. */
  long putRow(TableId table, Key key, byte[] value, long modifyIndex) {
    return putRow(table, key, value, modifyIndex, trees.valueId(table, key));
  }

  /**
   * The same, for who has looked.
   *
   * @param oldId of the value that is there; 0 if there is none
   */
  long putRow(TableId table, Key key, byte[] value, long modifyIndex, long oldId) {
    SnapshotStream.requireReadable(value);
    byte[] old = oldId == 0 ? null : Store.value(base.values, oldId);
    if (old == null) {
      totals.requireRoom(table, key, value, quota());
    } else {
      totals.requireRoom(table, old, value, quota());
      retired.add(oldId);
    }
    forgetQuota(table);
    long id = store.keep(value);
    created.add(id);
    long oldIndex = putLeaf(table, key, id, modifyIndex);
    if (old != null) {
      totals.drop(table, key.bytes(), oldIndex, old);
    }
    totals.add(table, key.bytes(), modifyIndex, value);
    return id;
  }

  /** Writes a leaf of a secondary tree, over the value of its row in the primary one. */
  void link(TableId secondary, Key key, long valueId, long modifyIndex) {
    putLeaf(secondary, key, valueId, modifyIndex);
  }

  /** Answers the modify index of the leaf that it replaced, if it did replace one. */
  private long putLeaf(TableId table, Key key, long id, long modifyIndex) {
    boolean isNew = trees.put(table, key.bytes(), id, modifyIndex) == 0;
    long oldIndex = trees.oldIndex(table);
    if (!Tombstones.isOfThem(table)) {
      changes.add(new Change(table, key));
      if (isNew && table.isWatched()) {
        forget(Tombstones.key(table, key));
      }
    }
    return oldIndex;
  }

  /** The one that holds. */
  StateQuota quota() {
    StateQuota known = quota;
    if (known == null) {
      known = RunningTotals.quota(size(TableId.QUOTA) == 0 ? null : this, store.settings());
      quota = known;
    }
    return known;
  }

  private void forgetQuota(TableId table) {
    if (table == TableId.QUOTA) {
      quota = null;
    }
  }

  /** Deletes a row of a primary table. Answers whether it was there. */
  public boolean remove(TableId table, Key key, long atIndex) {
    byte[] value = dropRow(table, key);
    if (value == null) {
      return false;
    }
    changes.add(new Change(table, key));
    bury(table, key, atIndex);
    return true;
  }

  /** Deletes a leaf of a secondary tree. */
  void unlink(TableId secondary, Key key, long atIndex) {
    if (trees.remove(secondary, key.bytes()) != 0) {
      changes.add(new Change(secondary, key));
      bury(secondary, key, atIndex);
    }
  }

  private byte @Nullable [] dropRow(TableId table, Key key) {
    long id = trees.remove(table, key.bytes());
    if (id == 0) {
      return null;
    }
    byte[] value = Store.value(base.values, id);
    totals.drop(table, key.bytes(), trees.oldIndex(table), value);
    forgetQuota(table);
    retired.add(id);
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
    // There is none after that, so nobody has to look.
    long id = putRow(TableId.TOMBSTONES, tombstone, Tombstones.value(timeMillis), atIndex, 0);
    link(TableId.TOMBSTONES_BY_TIME, Tombstones.timeKey(timeMillis, tombstone), id, atIndex);
  }

  private void forget(Key tombstone) {
    byte[] value = size(TableId.TOMBSTONES) == 0 ? null : dropRow(TableId.TOMBSTONES, tombstone);
    if (value != null) {
      Key byTime = Tombstones.timeKey(Tombstones.deletedAtMillis(value), tombstone);
      trees.remove(TableId.TOMBSTONES_BY_TIME, byTime.bytes());
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
    totals.moveFloor(table, floors[at], index);
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

  /** No index that is given out from now on is at or below the one given. */
  void skipPast(long index) {
    publicIndex = Math.max(publicIndex, index + 1);
  }

  /**
   * Puts what was built in place of all tables but those of the servers. To every query all may be
   * different then.
   *
   * @param sum of the rows that were built
   */
  void replaceBy(Schema schema, Loading built, Totals sum) {
    totals.reset(sum);
    for (TableId table : TableId.values()) {
      totals.moveFloor(table, 0, floors[table.slot()]);
      if (table.isOfServers()) {
        scan(
            table,
            Key.EMPTY,
            (key, value, index) -> {
              totals.add(table, key.bytes(), index, value);
              return true;
            });
      } else if (!schema.isIndexOfServers(table)) {
        Tree old = trees.replace(table, built.tree(table));
        if (!table.isSecondary()) {
          retiredTrees.add(old);
        }
      }
      raiseFloor(table, publicIndex);
    }
    isReplaced = true;
  }

  Store store() {
    return store;
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
            base.generation + (isReplaced ? 1 : 0),
            base.values,
            trees.finished(),
            floors,
            totalsBefore,
            new Position(logIndex, publicIndex, timeMillis));
    store.publish(base, next, retired, retiredTrees, changes);
    return next;
  }
}
