package io.hanse.fsm.store;

import com.google.protobuf.InvalidProtocolBufferException;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.row.Tombstone;

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

  static TableId tableOf(byte[] key) {
    return TableId.of(((key[0] & 0xff) << 8) | (key[1] & 0xff));
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
