package io.hanse.fsm.store;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;

/**
 * Puts the rows of a snapshot in place of those of a running state, as part of one command: they
 * keep their modify indexes, while all floors are raised to the index of the command. So no index
 * that a client has seen goes back, and every query, watched or to come, sees that all may have
 * changed. What is about the running servers stays.
 */
public final class Restoration implements SnapshotSink {
  private final Transaction rows;

  private Restoration(Transaction rows) {
    this.rows = rows;
  }

  /**
   * Replaces the state. To be taken back as a whole if it fails.
   *
   * @param snapshot in the form of {@link SnapshotFile}
   * @param bytes how many there are
   * @param keepsParts whether what is staged can be read to the end
   * @throws ProblemException INVALID_ARGUMENT: it is not whole; NEWER_FORMAT: another version has
   *     written it; QUOTA_EXCEEDED
   */
  public static void run(
      Transaction rows, Schema schema, InputStream snapshot, long bytes, boolean keepsParts) {
    try {
      SnapshotStream stream = SnapshotStream.open(Channels.newChannel(snapshot), bytes);
      // What is newer than the log of this cluster must stay below what comes.
      rows.skipPast(stream.header().publicIndex());
      rows.clearForRestore(schema, keepsParts);
      stream.readInto(new Restoration(rows), schema);
      rows.finishRestore();
    } catch (SnapshotStream.NewerException e) {
      throw new ProblemException(
          ProblemCode.NEWER_FORMAT, "the snapshot to restore " + e.getMessage(), e);
    } catch (IOException e) {
      throw new ProblemException(
          ProblemCode.INVALID_ARGUMENT, "the snapshot to restore is damaged: " + e.getMessage(), e);
    }
  }

  @Override
  public void floor(TableId table, long floor) {}

  @Override
  public long row(TableId table, byte[] key, byte[] value, long modifyIndex) {
    return table.isOfServers() || table.isPassing()
        ? 0
        : rows.restoreRow(table, key, value, modifyIndex);
  }

  @Override
  public void leaf(TableId secondary, byte[] key, long valueId, long modifyIndex) {
    if (valueId != 0) {
      rows.restoreLeaf(secondary, key, valueId, modifyIndex);
    }
  }
}
