package io.hanse.fsm.store;

/** Takes what is read of a snapshot: the floors, then the rows of each table in order. */
interface SnapshotSink {
  void floor(TableId table, long floor);

  /** Answers the id of the value, for {@link #leaf}. */
  long row(TableId table, byte[] key, byte[] value, long modifyIndex);

  /** A leaf of a secondary tree, over the value of its row. */
  void leaf(TableId secondary, byte[] key, long valueId, long modifyIndex);
}
