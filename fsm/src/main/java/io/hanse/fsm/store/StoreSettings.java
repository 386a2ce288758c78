package io.hanse.fsm.store;

/**
 * The bounds of a store.
 *
 * @param rowsMax rows of all tables that count towards the quota; beyond, writes are refused. This
 *     and the next hold until a quota is set in the state
 * @param bytesMax keys and values of those rows
 * @param tombstonesMax marks of deletions; beyond, a deletion raises the floor of its table at once
 * @param heapBytesMax values on the heap, beyond which they move to native memory; 0: from the
 *     start
 * @param viewsMax views open at one time
 * @param watchesMax watches waiting at one time
 */
public record StoreSettings(
    long rowsMax,
    long bytesMax,
    int tombstonesMax,
    long heapBytesMax,
    int viewsMax,
    int watchesMax) {
  /** What the native memory of a server has room for, whatever quota is set. */
  public static final long QUOTA_ROWS_MAX = 6_000_000;

  public static final long QUOTA_BYTES_MAX = 3L << 30;

  /**
   * What a new cluster begins with: a million instances with a check each, on nodes of their own,
   * and as much again as one of these for all else. Those that are older keep what was built in
   * when they began, so that their logs mean what they meant.
   */
  public static final long NEW_CLUSTER_ROWS = 4_000_000;

  /** A KiB for each of a million instances. */
  public static final long NEW_CLUSTER_BYTES = 1L << 30;

  /**
   * The first three decide what is refused and what an index says, so all servers of a cluster must
   * have the same. There may be more watches than clients have queries waiting: these must not keep
   * the server's own parts from hearing of changes.
   */
  public static StoreSettings defaults() {
    return new StoreSettings(2_000_000, 1L << 30, 200_000, 32L << 20, 256, 150_000);
  }

  public StoreSettings withHeapBytesMax(long max) {
    return new StoreSettings(rowsMax, bytesMax, tombstonesMax, max, viewsMax, watchesMax);
  }

  public StoreSettings withQuota(long rows, long bytes) {
    return new StoreSettings(rows, bytes, tombstonesMax, heapBytesMax, viewsMax, watchesMax);
  }

  public StoreSettings withTombstonesMax(int max) {
    return new StoreSettings(rowsMax, bytesMax, max, heapBytesMax, viewsMax, watchesMax);
  }

  public StoreSettings withWatchesMax(int max) {
    return new StoreSettings(rowsMax, bytesMax, tombstonesMax, heapBytesMax, viewsMax, max);
  }

  public StoreSettings withViewsMax(int max) {
    return new StoreSettings(rowsMax, bytesMax, tombstonesMax, heapBytesMax, max, watchesMax);
  }
}
