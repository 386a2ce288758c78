package io.hanse.fsm.store;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One version, pinned until it is closed. It notes what is read through it, so that the answer's
 * index and what to watch need not be said by each query; both may be asked for after closing, too.
 * Used by one thread at a time.
 */
public final class View implements Rows, AutoCloseable {
  /** What a row costs besides its bytes, as if it had so many more. */
  private static final int ROW_BYTES = 32;

  private final Version version;
  private final ViewSlots slots;
  private final int slot;
  private final ReadRecorder recorder = new ReadRecorder();
  private boolean closed;
  private long bytesLeft = Long.MAX_VALUE;
  private long turnLeft = Long.MAX_VALUE;

  View(Version version, ViewSlots slots, int slot) {
    this.version = version;
    this.slots = slots;
    this.slot = slot;
  }

  public long logIndex() {
    return version.logIndex();
  }

  @Override
  public long publicIndex() {
    return version.publicIndex();
  }

  @Override
  public long restoredIndex() {
    // Nothing is deleted from this table, so nothing but a restore raises its floor.
    return version.floor(TableId.CLUSTER);
  }

  /** The clock of the log at this version. */
  public long timeMillis() {
    return version.timeMillis();
  }

  /** Of the content; equal on all replicas at one log index. */
  public long digest() {
    return version.digest();
  }

  /** Rows that count towards the quota. */
  public long countedRows() {
    return version.rows();
  }

  /** Keys and values of those rows. */
  public long countedBytes() {
    return version.bytes();
  }

  /**
   * Lets so many bytes of values be read, and fails the read that goes beyond with TOO_LARGE: what
   * is read for an answer is in memory until it is sent.
   */
  public void boundBytes(long max) {
    bytesLeft = max;
  }

  /**
   * Lets so many bytes of keys and values be read, and fails the read that goes beyond with a
   * {@link TurnOverException}: for a thread that others wait for.
   */
  public void boundTurn(long max) {
    turnLeft = max;
  }

  /** Fails if more was to be read than the turn allows: what a query made of it is not whole. */
  public void requireTurn() {
    if (turnLeft < 0) {
      throw new TurnOverException();
    }
  }

  private void spend(int bytes) {
    turnLeft -= bytes;
    requireTurn();
  }

  private byte[] value(long id) {
    byte[] value = Store.value(version.values, id);
    spend(value.length + ROW_BYTES);
    bytesLeft -= value.length;
    if (bytesLeft < 0) {
      throw new ProblemException(
          ProblemCode.TOO_LARGE,
          "the answer takes more memory than this server has for one; ask for less at once, or give"
              + " it a larger heap");
    }
    return value;
  }

  /** The newest index under all that was read so far, deletions included; at least 1. */
  public long readIndex() {
    return version.newest(recorder.reads());
  }

  /** Counts the versions of this process: the same number, the same version. */
  public long sequence() {
    return version.sequence;
  }

  /**
   * Whether what was read at another version, when its newest index was the one given, reads the
   * same at this one: nothing under it has changed in between.
   */
  public boolean isUnchanged(ReadSet reads, long index) {
    return reads.generation() == version.generation && version.newest(reads.reads()) == index;
  }

  /** Counts what was read at another version as read through this one, too. */
  public void readAgain(ReadSet reads) {
    for (ReadSet.Read read : reads.reads()) {
      if (read.isPrefix()) {
        recorder.prefix(read.table(), read.key());
      } else {
        recorder.key(read.table(), read.key());
      }
    }
  }

  /** Whether something was written or deleted after an index. It does not count as read. */
  public boolean isNewer(ReadSet.Read read, long index) {
    return version.newest(read) > index;
  }

  /**
   * Hands over the keys under a prefix that were written or deleted after an index, in time that
   * grows with these and not with what is there. The prefix does not count as read.
   *
   * @param wanted ends it by answering false
   * @return false where some may be missing: where deletions are forgotten by now
   */
  public boolean changedSince(TableId table, Key prefix, long index, Predicate<Key> wanted) {
    checkOpen();
    if (version.floor(table) > index) {
      return false;
    }
    boolean[] goesOn = {true};
    version
        .tree(table)
        .scanNewer(prefix.bytes(), index, (key, id, at) -> goesOn[0] = wanted.test(Key.wrap(key)));
    if (goesOn[0]) {
      version
          .tree(TableId.TOMBSTONES)
          .scanNewer(
              Tombstones.key(table, prefix).bytes(),
              index,
              (key, id, at) -> wanted.test(Tombstones.deletedKey(key)));
    }
    return true;
  }

  /** What was read so far. */
  public ReadSet reads() {
    return new ReadSet(recorder.reads(), version.generation);
  }

  @Override
  public byte @Nullable [] get(TableId table, Key key) {
    checkOpen();
    recorder.key(table, key);
    long id = version.tree(table).valueId(key.bytes());
    return id == 0 ? null : value(id);
  }

  @Override
  public void scan(TableId table, Key prefix, Visitor visitor) {
    checkOpen();
    recorder.prefix(table, prefix);
    version
        .tree(table)
        .scan(
            prefix.bytes(),
            prefix.bytes(),
            (key, id, index) -> visitor.visit(Key.wrap(key), value(id), index));
  }

  @Override
  public void scanKeys(TableId table, Key prefix, Key from, KeyVisitor visitor) {
    checkOpen();
    recorder.prefix(table, prefix);
    version
        .tree(table)
        .scan(
            prefix.bytes(),
            from.bytes(),
            (key, id, index) -> {
              spend(key.length + ROW_BYTES);
              return visitor.visit(Key.wrap(key), index);
            });
  }

  @Override
  public int size(TableId table) {
    recorder.prefix(table, Key.EMPTY);
    return version.size(table);
  }

  Version version() {
    return version;
  }

  /** Without it, values could vanish, or their memory, while they are read. */
  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the view of log index " + logIndex() + " is closed");
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      slots.free(slot);
    }
  }
}
