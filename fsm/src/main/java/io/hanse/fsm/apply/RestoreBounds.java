package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.Refusals.invalid;

/** How large a snapshot may be that comes back by a restore. */
public final class RestoreBounds {
  /** Of one part: no larger than any value may be. */
  public static final int CHUNK_BYTES_MAX = 512 << 10;

  /** Parts, packed: 1 GiB of them. */
  public static final int CHUNKS_MAX = 2048;

  /** Unpacked. */
  public static final long SNAPSHOT_BYTES_MAX = 8L << 30;

  private RestoreBounds() {}

  /** Refuses what is beyond. */
  public static void require(long snapshotBytes, int chunks) {
    if (snapshotBytes <= 0 || snapshotBytes > SNAPSHOT_BYTES_MAX) {
      throw invalid(
          "a snapshot to restore has at most "
              + SNAPSHOT_BYTES_MAX
              + " bytes, not "
              + snapshotBytes);
    }
    if (chunks <= 0 || chunks > CHUNKS_MAX) {
      throw invalid(
          "a snapshot to restore has at most "
              + (long) CHUNKS_MAX * CHUNK_BYTES_MAX
              + " bytes when it is packed");
    }
  }
}
