package io.hanse.fsm.store;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.util.Arrays;

/** Reads a snapshot in the form that {@link SnapshotFile} writes, from wherever it comes. */
final class SnapshotStream {
  static final long MAGIC = 0x48414e5345_534e50L; // HANSESNP

  /** The form of the file and the keys of all tables. A change of either is a new number. */
  static final int LAYOUT = 1;

  /**
   * Of a key or a value. A damaged length must not take the memory of the process; commands have at
   * most 1 MiB, and what many of them add to stays far below.
   */
  private static final int BYTES_MAX = 16 << 20;

  /** It is not what was written. */
  static final class DamagedException extends IOException {
    private static final long serialVersionUID = 1;

    DamagedException(String what, long offset, Exception cause) {
      super(what + ", at or before offset " + offset, cause);
    }
  }

  /** It says something that this version of the program can't know. */
  static final class NewerException extends IOException {
    private static final long serialVersionUID = 1;

    NewerException(String what) {
      super(what + ": it was written by a newer version; use that one");
    }
  }

  private final SnapshotInput in;
  private final SnapshotFile.Header header;
  private final long rowBytes;

  /** Of all floors and rows that were handed over. */
  private long digest;

  private SnapshotStream(SnapshotInput in, SnapshotFile.Header header, long rowBytes) {
    this.in = in;
    this.header = header;
    this.rowBytes = rowBytes;
  }

  /**
   * Reads the header.
   *
   * @param bytes how many there are, to the end
   */
  static SnapshotStream open(ReadableByteChannel channel, long bytes) throws IOException {
    SnapshotInput in = new SnapshotInput(channel, bytes);
    try {
      if (in.readLong() != MAGIC) {
        throw new IOException("it does not begin as a snapshot of Hanse does");
      }
      int layout = in.readInt();
      if (layout != LAYOUT) {
        throw new NewerException("has layout " + layout + ", and this version reads " + LAYOUT);
      }
      SnapshotFile.Header header =
          new SnapshotFile.Header(
              in.readLong(), in.readLong(), in.readLong(), in.readLong(), in.readLong());
      return new SnapshotStream(in, header, in.readLong());
    } catch (NewerException e) {
      throw e;
    } catch (IOException e) {
      throw new DamagedException(String.valueOf(e.getMessage()), in.offset(), e);
    }
  }

  SnapshotFile.Header header() {
    return header;
  }

  /** Of the rows that count towards the quota, as a hint. */
  long rowBytes() {
    return rowBytes;
  }

  /** Hands over all that follows, and fails unless it is whole and what the header says. */
  void readInto(SnapshotSink sink, Schema schema) throws IOException {
    try {
      readFloors(sink);
      readTables(sink, schema);
      in.finish();
      if (digest != header.digest()) {
        throw new IOException("the digest differs");
      }
    } catch (NewerException e) {
      throw e;
    } catch (IOException | IllegalArgumentException e) {
      throw new DamagedException(String.valueOf(e.getMessage()), in.offset(), e);
    } catch (ProblemException e) {
      if (e.code() != ProblemCode.DECODE_FAILED) {
        throw e;
      }
      throw new DamagedException(String.valueOf(e.getMessage()), in.offset(), e);
    }
  }

  private void readFloors(SnapshotSink sink) throws IOException {
    for (int left = in.readInt(); left > 0; left--) {
      TableId table = table(in.readInt());
      long floor = in.readLong();
      sink.floor(table, floor);
      digest += StateDigest.ofFloor(table, floor);
    }
  }

  private void readTables(SnapshotSink sink, Schema schema) throws IOException {
    for (int tables = in.readInt(); tables > 0; tables--) {
      TableId id = table(in.readInt());
      Table<?> table = schema.table(id);
      byte[] last = null;
      for (int rows = in.readInt(); rows > 0; rows--) {
        int keyBytes = length(in.readInt());
        int valueBytes = length(in.readInt());
        long modifyIndex = in.readLong();
        byte[] key = in.readBytes(keyBytes);
        if (last != null && Arrays.compareUnsigned(last, key) >= 0) {
          throw new IOException("the keys of " + id + " are not in order");
        }
        last = key;
        byte[] value = in.readBytes(valueBytes);
        long valueId = sink.row(id, key, value, modifyIndex);
        digest += StateDigest.ofRow(id, key, modifyIndex, value);
        if (id == TableId.TOMBSTONES) {
          Key byTime = Tombstones.timeKey(Tombstones.deletedAtMillis(value), Key.wrap(key));
          sink.leaf(TableId.TOMBSTONES_BY_TIME, byTime.bytes(), valueId, modifyIndex);
        }
        if (table != null) {
          table.link(sink, key, value, valueId, modifyIndex);
        }
      }
    }
  }

  /** Refuses what could be written, but not be read again. */
  static void requireReadable(byte[] value) {
    if (value.length > BYTES_MAX) {
      throw new ProblemException(
          ProblemCode.TOO_LARGE,
          "a row of " + value.length + " bytes is too large, at most " + BYTES_MAX + " are kept");
    }
  }

  private static int length(int bytes) throws IOException {
    if (bytes > BYTES_MAX) {
      throw new IOException("a row of " + bytes + " bytes cannot be");
    }
    return bytes;
  }

  /** Numbers are given out in order: one that is small and unknown is of a later version. */
  private static TableId table(int number) throws IOException {
    if (number > 0 && number < TableId.NUMBERS_END && !TableId.isKnown(number)) {
      throw new NewerException("has a table of number " + number + ", which this version lacks");
    }
    return TableId.of(number);
  }
}
