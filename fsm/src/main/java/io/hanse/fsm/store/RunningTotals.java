package io.hanse.fsm.store;

import com.google.protobuf.InvalidProtocolBufferException;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.row.StateQuota;
import io.hanse.fsm.store.Version.Totals;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Digest, rows and bytes of a state that is being changed, and whether they may grow. */
final class RunningTotals {
  /** Of the quota of bytes: so much is kept for rows that are there. */
  private static final int RESERVE_DIVISOR = 16;

  /** By so much a row grows that only notes what happened to it. */
  private static final int SMALL_BYTES = 64;

  private long digest;
  private long rows;
  private long bytes;

  void reset(Totals totals) {
    digest = totals.digest();
    rows = totals.rows();
    bytes = totals.bytes();
  }

  Totals totals() {
    return new Totals(digest, rows, bytes);
  }

  void add(TableId table, byte[] key, long modifyIndex, byte[] value) {
    digest += StateDigest.ofRow(table, key, modifyIndex, value);
    if (table.isCounted()) {
      rows++;
      bytes += key.length + (long) value.length;
    }
  }

  void drop(TableId table, byte[] key, long modifyIndex, byte[] value) {
    digest -= StateDigest.ofRow(table, key, modifyIndex, value);
    if (table.isCounted()) {
      rows--;
      bytes -= key.length + (long) value.length;
    }
  }

  void moveFloor(TableId table, long from, long to) {
    digest += StateDigest.ofFloor(table, to) - StateDigest.ofFloor(table, from);
  }

  /** Refuses a new row that would not fit. */
  void requireRoom(TableId table, Key key, byte[] value, StateQuota quota) {
    long moreBytes = key.bytes().length + (long) value.length;
    boolean fits = rows + 1 <= quota.getRowsMax() && bytes + moreBytes <= quota.getBytesMax();
    if (table.isCounted() && !fits) {
      throw full(quota);
    }
  }

  /**
   * Refuses a larger value that would not fit. What shrinks or stays as large may be over it. A
   * check that turns critical, and what a release or a removal leaves behind, may use the reserve:
   * a full state must not keep the dead alive.
   */
  void requireRoom(TableId table, byte[] old, byte[] value, StateQuota quota) {
    long moreBytes = value.length - (long) old.length;
    boolean mayUseReserve = table == TableId.CHECKS || moreBytes <= SMALL_BYTES;
    long max = quota.getBytesMax() + (mayUseReserve ? reserve(quota) : 0);
    if (table.isCounted() && moreBytes > 0 && bytes + moreBytes > max) {
      throw full(quota);
    }
  }

  void requireWithin(StateQuota quota) {
    if (!isWithin(quota)) {
      throw full(quota);
    }
  }

  boolean isWithin(StateQuota quota) {
    return rows <= quota.getRowsMax() && bytes <= quota.getBytesMax() + reserve(quota);
  }

  private static long reserve(StateQuota quota) {
    return quota.getBytesMax() / RESERVE_DIVISOR;
  }

  private ProblemException full(StateQuota quota) {
    return new ProblemException(
        ProblemCode.QUOTA_EXCEEDED,
        String.format(
            Locale.ROOT, // Kept in the state: all servers must say the same.
            "the state is full: %d of %d rows, %d of %d bytes; delete something first",
            rows,
            quota.getRowsMax(),
            bytes,
            quota.getBytesMax()));
  }

  /**
   * The quota that holds: the one that was set, or the built-in one.
   *
   * @param table where one may be set; null if none is
   */
  static StateQuota quota(@Nullable Rows table, StoreSettings settings) {
    byte[] row = table == null ? null : table.get(TableId.QUOTA, Key.ONLY);
    try {
      return row == null
          ? StateQuota.newBuilder()
              .setRowsMax(settings.rowsMax())
              .setBytesMax(settings.bytesMax())
              .build()
          : StateQuota.parseFrom(row);
    } catch (InvalidProtocolBufferException e) {
      throw new ProblemException(ProblemCode.DECODE_FAILED, "the quota cannot be read", e);
    }
  }
}
