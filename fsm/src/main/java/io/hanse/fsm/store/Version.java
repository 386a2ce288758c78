package io.hanse.fsm.store;

/** All tables at one index of the log: what one volatile write publishes. Immutable. */
public final class Version {
  /** Counts the versions of this process; unlike the log index, it never goes back. */
  final long sequence;

  /** Counts the states that replaced another one as a whole. */
  final long generation;

  final TieredValues values;

  private final Tree[] trees;
  private final long[] floors;
  private final Totals totals;
  private final long logIndex;
  private final long publicIndex;
  private final long timeMillis;

  /** What is summed up over all rows. */
  record Totals(long digest, long rows, long bytes) {
    static final Totals NONE = new Totals(0, 0, 0);
  }

  /** Where a version stands in the log. */
  record Position(long logIndex, long publicIndex, long timeMillis) {}

  Version(
      long sequence,
      long generation,
      TieredValues values,
      Tree[] trees,
      long[] floors,
      Totals totals,
      Position position) {
    this.sequence = sequence;
    this.generation = generation;
    this.values = values;
    this.trees = trees;
    this.floors = floors;
    this.totals = totals;
    this.logIndex = position.logIndex();
    this.publicIndex = position.publicIndex();
    this.timeMillis = position.timeMillis();
  }

  /** Whether the whole state is another one than that of a version before. */
  public boolean isReplacementOf(Version before) {
    return generation != before.generation;
  }

  public long logIndex() {
    return logIndex;
  }

  /** The index of the newest command: what clients see. */
  public long publicIndex() {
    return publicIndex;
  }

  /** The clock of the log. */
  public long timeMillis() {
    return timeMillis;
  }

  public long digest() {
    return totals.digest();
  }

  /** Rows that count towards the quota. */
  public long rows() {
    return totals.rows();
  }

  /** Keys and values of those rows. */
  public long bytes() {
    return totals.bytes();
  }

  public int size(TableId table) {
    return tree(table).size;
  }

  Tree tree(TableId table) {
    return trees[table.slot()];
  }

  Tree[] copyOfTrees() {
    return trees.clone();
  }

  /** No index that is read from the table may be below it. */
  long floor(TableId table) {
    return floors[table.slot()];
  }

  long[] copyOfFloors() {
    return floors.clone();
  }

  Totals totals() {
    return totals;
  }

  /** The newest index under a key or prefix, deletions included. */
  long newest(ReadSet.Read read) {
    byte[] key = read.key().bytes();
    byte[] grave = Tombstones.key(read.table(), read.key()).bytes();
    Tree tree = tree(read.table());
    Tree graves = tree(TableId.TOMBSTONES);
    long newest =
        read.isPrefix()
            ? Math.max(tree.newestUnder(key), graves.newestUnder(grave))
            : Math.max(tree.modifyIndex(key), graves.modifyIndex(grave));
    return Math.max(newest, floor(read.table()));
  }

  /** The newest index under all of them; at least 1. */
  long newest(Iterable<ReadSet.Read> reads) {
    long newest = 1;
    for (ReadSet.Read read : reads) {
      newest = Math.max(newest, newest(read));
    }
    return newest;
  }
}
