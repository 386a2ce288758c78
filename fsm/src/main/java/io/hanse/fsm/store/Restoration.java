package io.hanse.fsm.store;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.row.StateQuota;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A state that is built beside the running one from the parts of a packed snapshot, as they come,
 * and takes its place by one command. Its rows keep their modify indexes, while all floors are
 * raised to the index of that command. So no index that a client has seen goes back, and every
 * query, watched or to come, sees that all may have changed. What is about the running servers
 * stays.
 *
 * <p>What is built is nothing but the staged parts read ahead: it is in no snapshot, a server that
 * lacks it makes it again from the parts, and where it cannot be used the last command reads them
 * from the first byte, with the same outcome. The applying thread's own.
 */
public final class Restoration {
  /** Takes the rows in, within the quota. */
  private final class Sink implements SnapshotSink {
    private final StateQuota quota;

    Sink(StateQuota quota) {
      this.quota = quota;
    }

    @Override
    public void floor(TableId table, long floor) {}

    @Override
    public long row(TableId table, byte[] key, byte[] value, long modifyIndex) {
      if (table.isOfServers() || table.isPassing()) {
        return 0;
      }
      long valueId = built.row(table, key, value, modifyIndex);
      totals.add(table, key, modifyIndex, value);
      // With each row, not at the end: what is too much must not be taken in first.
      totals.requireWithin(quota);
      return valueId;
    }

    @Override
    public void leaf(TableId secondary, byte[] key, long valueId, long modifyIndex) {
      if (valueId != 0) {
        built.leaf(secondary, key, valueId, modifyIndex);
      }
    }
  }

  private final Store store;
  private final String id;
  private final long bytes;
  private final Loading built;
  private final RunningTotals totals = new RunningTotals();
  private final Unpacking unpacking = new Unpacking();
  private @Nullable SnapshotStream stream;
  private int nextPart;
  private boolean isWhole;

  /** Set where what was built cannot be used. */
  private boolean isGivenUp;

  private @Nullable StateQuota refusedWithin;
  private @Nullable ProblemException refusal;

  Restoration(Store store, String id, long bytes, Loading built) {
    this.store = store;
    this.id = id;
    this.bytes = bytes;
    this.built = built;
  }

  /**
   * What was built so far of the restore; nothing, if that was of another one.
   *
   * @param bytes of the snapshot, unpacked
   */
  public static Restoration of(Transaction rows, String id, long bytes) {
    return rows.store().restoration(id, bytes);
  }

  boolean isOf(String otherId, long otherBytes) {
    return id.equals(otherId) && bytes == otherBytes;
  }

  /** Frees what was built of a restore that is given up. */
  public static void drop(Transaction rows) {
    rows.store().dropRestoration();
  }

  /** A part that was staged is another one now. */
  public void changed(int part) {
    if (part < nextPart) {
      refusal = null;
      giveUp();
    }
  }

  /**
   * Reads the parts that follow and are there, but not more than so many.
   *
   * @param parts by number; null for those that are not there
   */
  public void advance(
      Transaction rows, Schema schema, IntFunction<byte @Nullable []> parts, int max) {
    for (int i = 0; i < max && !isGivenUp && !isWhole; i++) {
      byte[] part = parts.apply(nextPart);
      if (part == null) {
        return;
      }
      nextPart++;
      try {
        read(part, new Sink(rows.quota()), schema);
      } catch (IOException e) {
        // The last command says what is wrong.
        giveUp();
      } catch (ProblemException e) {
        if (e.code() == ProblemCode.QUOTA_EXCEEDED) {
          refusal = e;
          refusedWithin = rows.quota();
        }
        giveUp();
      }
    }
  }

  private void read(byte[] part, Sink sink, Schema schema) throws IOException {
    unpacking.give(part);
    boolean isRead = false;
    while (unpacking.unpackMore()) {
      if (stream == null && unpacking.available() >= SnapshotStream.HEADER_BYTES) {
        stream = SnapshotStream.open(unpacking, bytes);
      }
      isRead = stream != null && stream.readArrived(sink, schema, unpacking::available);
    }
    isWhole = unpacking.isFinished() && (isRead || isAtEnd(sink, schema));
  }

  private boolean isAtEnd(Sink sink, Schema schema) throws IOException {
    return stream != null && stream.readArrived(sink, schema, unpacking::available);
  }

  /** Frees what was built; the last command reads all parts itself. */
  private void giveUp() {
    isGivenUp = true;
    isWhole = false;
    discard();
  }

  void discard() {
    unpacking.close();
    store.free(built);
  }

  /**
   * Puts what was built in place of the state, if all parts were read.
   *
   * @param parts how many there are
   * @return false, and nothing is changed: {@link #run} must read them
   * @throws ProblemException QUOTA_EXCEEDED
   */
  public boolean take(Transaction rows, Schema schema, int parts) {
    ProblemException refused = refusal;
    if (refused != null && rows.quota().equals(refusedWithin)) {
      throw refused;
    }
    if (!isWhole || nextPart != parts || !totals.isWithin(rows.quota())) {
      return false;
    }
    adopt(rows, schema);
    return true;
  }

  /** To be called when the command is sure to stay: the values belong to the state now. */
  public void finish() {
    unpacking.close();
    store.forgetRestoration();
  }

  private void adopt(Transaction rows, Schema schema) {
    built.seal();
    // What is newer than the log of this cluster must stay below what comes.
    rows.skipPast(requireStream().header().publicIndex());
    rows.replaceBy(schema, built, totals.totals());
  }

  private SnapshotStream requireStream() {
    if (stream == null) {
      throw new IllegalStateException("nothing was read");
    }
    return stream;
  }

  /**
   * Reads all parts at once and puts them in place of the state. To be taken back as a whole if it
   * fails.
   *
   * @param snapshot unpacked, in the form of {@link SnapshotFile}
   * @param bytes how many there are
   * @param opened told once the beginning was read
   * @return what was built, to be finished
   * @throws ProblemException INVALID_ARGUMENT: it is not whole; NEWER_FORMAT: another version has
   *     written it; QUOTA_EXCEEDED
   */
  public static Restoration run(
      Transaction rows, Schema schema, InputStream snapshot, long bytes, Runnable opened) {
    Store store = rows.store();
    store.dropRestoration();
    Restoration all = store.restoration("", bytes);
    try {
      SnapshotStream stream = SnapshotStream.open(Channels.newChannel(snapshot), bytes);
      all.stream = stream;
      opened.run();
      stream.readInto(all.new Sink(rows.quota()), schema);
      all.adopt(rows, schema);
      return all;
    } catch (SnapshotStream.NewerException e) {
      throw new ProblemException(
          ProblemCode.NEWER_FORMAT, "the snapshot to restore " + e.getMessage(), e);
    } catch (IOException e) {
      throw new ProblemException(
          ProblemCode.INVALID_ARGUMENT, "the snapshot to restore is damaged: " + e.getMessage(), e);
    }
  }
}
