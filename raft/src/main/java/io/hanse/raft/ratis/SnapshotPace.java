package io.hanse.raft.ratis;

/**
 * When a snapshot is due before the library's own count of entries is reached. A server that starts
 * replays what came since the last one before it answers anything, by code that is not compiled
 * yet: that takes many times as long as it took before. So one is written early where it costs less
 * than what it spares. Safe for use by several threads.
 */
final class SnapshotPace {
  /** Fewer are replayed while the rest of a server starts. */
  static final long ENTRIES_MIN = 4_096;

  /** So much takes seconds, in however few entries: one may hold a thousand commands. */
  static final long BYTES_MIN = 2 << 20;

  /** At most so much between two looks, and there is time to write one. */
  static final long CALM_BYTES = 64 << 10;

  private final long logBytesMax;
  private long seenBytes;
  private long begunAtBytes;
  private long begunAtIndex;
  private int begunAfterRestores;

  /** Nothing is begun yet. */
  SnapshotPace(long logBytesMax) {
    this.logBytesMax = logBytesMax;
  }

  /**
   * What was applied.
   *
   * @param index of the last entry
   * @param bytes of all entries since the start of the process
   * @param restores among them
   */
  record Applied(long index, long bytes, int restores) {}

  /** Whether to begin one now; then it counts as begun. */
  synchronized boolean isDue(Applied now, long snapshotIndex, long snapshotBytes) {
    long bytes = now.bytes - begunAtBytes;
    long entries = now.index - Math.max(begunAtIndex, snapshotIndex);
    boolean isCalm = now.bytes - seenBytes <= CALM_BYTES;
    seenBytes = now.bytes;
    boolean isSmall = entries >= ENTRIES_MIN && bytes >= snapshotBytes;
    boolean isSparing = isCalm && bytes >= BYTES_MIN && bytes > snapshotBytes;
    boolean isLongLog = bytes >= Math.max(logBytesMax, 2 * snapshotBytes);
    if (!isSmall && !isSparing && !isLongLog && now.restores == begunAfterRestores) {
      return false;
    }
    begunAtBytes = now.bytes;
    begunAtIndex = now.index;
    begunAfterRestores = now.restores;
    return true;
  }

  /** The group was opened again, and counts bytes from nothing. */
  synchronized void reopened() {
    begunAtBytes = 0;
    seenBytes = 0;
  }
}
