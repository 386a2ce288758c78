package io.hanse.fsm.store;

import com.google.protobuf.InvalidProtocolBufferException;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.row.Tombstone;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The form of tombstones: rows that remember the index at which a key left a tree, so that the
 * index of what is gone does not go back. Their key is the number of the tree, then the key.
 */
final class Tombstones {
  private static final int TABLE_BYTES = 2;

  private Tombstones() {}

  static Key key(TableId table, Key key) {
    byte[] bytes = key.bytes();
    byte[] longer = new byte[TABLE_BYTES + bytes.length];
    longer[0] = (byte) (table.number() >>> 8);
    longer[1] = (byte) table.number();
    System.arraycopy(bytes, 0, longer, TABLE_BYTES, bytes.length);
    return Key.wrap(longer);
  }

  static TableId tableOf(Key tombstone) {
    byte[] bytes = tombstone.bytes();
    return TableId.of(((bytes[0] & 0xff) << 8) | (bytes[1] & 0xff));
  }

  static boolean isOfThem(TableId table) {
    return table == TableId.TOMBSTONES || table == TableId.TOMBSTONES_BY_TIME;
  }

  /** Of what was deleted. */
  static Key deletedKey(byte[] tombstone) {
    return Key.wrap(Arrays.copyOfRange(tombstone, TABLE_BYTES, tombstone.length));
  }

  /** Of the tree in which they stand by the time of the deletion. */
  static Key timeKey(long deletedAtMillis, Key tombstone) {
    return Key.EMPTY.then(deletedAtMillis).then(tombstone);
  }

  static long timeOf(Key timeKey) {
    return ByteBuffer.wrap(timeKey.bytes()).getLong();
  }

  static Key behindTime(Key timeKey) {
    byte[] bytes = timeKey.bytes();
    return Key.wrap(Arrays.copyOfRange(bytes, Long.BYTES, bytes.length));
  }

  static byte[] value(long deletedAtMillis) {
    return Tombstone.newBuilder().setDeletedAtMillis(deletedAtMillis).build().toByteArray();
  }

  static long deletedAtMillis(byte[] value) {
    try {
      return Tombstone.parseFrom(value).getDeletedAtMillis();
    } catch (InvalidProtocolBufferException e) {
      throw new ProblemException(ProblemCode.DECODE_FAILED, "a tombstone cannot be read", e);
    }
  }
}
