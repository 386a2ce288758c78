package io.hanse.fsm.store;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.util.Arrays;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** Reads a snapshot in the form that {@link SnapshotFile} writes, from wherever it comes. */
final class SnapshotStream {
  static final long MAGIC = 0x48414e5345_534e50L; // HANSESNP

  /** The form of the file and the keys of all tables. A change of either is a new number. */
  static final int LAYOUT = 1;

  /** The magic number, the layout, the header, and the bytes of the rows. */
  static final int HEADER_BYTES = Integer.BYTES + 7 * Long.BYTES;

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

  /** What comes next, of what length at least. */
  private enum Unit {
    FLOORS(Integer.BYTES),
    FLOOR(Integer.BYTES + Long.BYTES),
    TABLES(Integer.BYTES),
    TABLE(2 * Integer.BYTES),
    ROW(2 * Integer.BYTES + Long.BYTES),
    END(Long.BYTES),
    NOTHING(0);

    final int bytes;

    Unit(int bytes) {
      this.bytes = bytes;
    }
  }

  @FunctionalInterface
  private interface Reading {
    void run() throws IOException;
  }

  private final SnapshotInput in;
  private final SnapshotFile.Header header;
  private final long rowBytes;

  /** Of all floors and rows that were handed over. */
  private long digest;

  private Unit next = Unit.FLOORS;
  private int tablesLeft;

  /** Floors, or rows of the table. */
  private int left;

  private TableId id = TableId.NODES;
  private @Nullable Table<?> table;
  private byte @Nullable [] lastKey;

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
    guarded(
        () -> {
          while (next != Unit.NOTHING) {
            readUnit(sink, schema);
          }
        });
  }

  /**
   * Hands over what has come whole, of a snapshot that comes bit by bit.
   *
   * @param arrived how much can be read of the channel
   * @return whether it was read to the end, and is what the header says
   */
  boolean readArrived(SnapshotSink sink, Schema schema, IntSupplier arrived) throws IOException {
    guarded(
        () -> {
          while (next != Unit.NOTHING && hasArrived(arrived)) {
            readUnit(sink, schema);
          }
        });
    return next == Unit.NOTHING;
  }

  private boolean hasArrived(IntSupplier arrived) throws IOException {
    int there = in.buffered() + arrived.getAsInt();
    if (next != Unit.ROW || there < next.bytes) {
      return there >= next.bytes;
    }
    return there >= next.bytes + (long) length(in.peekInt(0)) + length(in.peekInt(Integer.BYTES));
  }

  /** Reads, and says where it failed. */
  private void guarded(Reading reading) throws IOException {
    try {
      reading.run();
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

  private void readUnit(SnapshotSink sink, Schema schema) throws IOException {
    switch (next) {
      case FLOORS -> begin(Unit.FLOOR, readCount());
      case FLOOR -> readFloor(sink);
      case TABLES -> {
        tablesLeft = readCount();
        next = tablesLeft > 0 ? Unit.TABLE : Unit.END;
      }
      case TABLE -> {
        id = table(in.readInt());
        table = schema.table(id);
        lastKey = null;
        begin(Unit.ROW, readCount());
      }
      case ROW -> readRow(sink);
      case END -> finish();
      case NOTHING -> throw new IllegalStateException("it was read to the end");
    }
  }

  private int readCount() throws IOException {
    int count = in.readInt();
    if (count < 0) {
      throw new IOException("a damaged count: " + count);
    }
    return count;
  }

  private void begin(Unit unit, int count) {
    left = count;
    next = unit;
    passIfNoneLeft();
  }

  private void passIfNoneLeft() {
    if (left > 0) {
      return;
    }
    if (next == Unit.FLOOR) {
      next = Unit.TABLES;
    } else {
      tablesLeft--;
      next = tablesLeft > 0 ? Unit.TABLE : Unit.END;
    }
  }

  private void readFloor(SnapshotSink sink) throws IOException {
    TableId of = table(in.readInt());
    long floor = in.readLong();
    sink.floor(of, floor);
    digest += StateDigest.ofFloor(of, floor);
    left--;
    passIfNoneLeft();
  }

  private void readRow(SnapshotSink sink) throws IOException {
    int keyBytes = length(in.readInt());
    int valueBytes = length(in.readInt());
    long modifyIndex = in.readLong();
    byte[] key = in.readBytes(keyBytes);
    if (lastKey != null && Arrays.compareUnsigned(lastKey, key) >= 0) {
      throw new IOException("the keys of " + id + " are not in order");
    }
    lastKey = key;
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
    left--;
    passIfNoneLeft();
  }

  private void finish() throws IOException {
    in.finish();
    if (digest != header.digest()) {
      throw new IOException("the digest differs");
    }
    next = Unit.NOTHING;
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
