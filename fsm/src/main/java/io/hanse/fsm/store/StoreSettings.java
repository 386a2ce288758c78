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
 * @param watchesMax watches waiting at one time; of which each kind of those who wait has a share
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

  /** Queries of clients that wait at one time. */
  public static final int CLIENT_WATCHES_MAX = 100_000;

  /** What is watched for peers: each exported service once, however many it goes to. */
  public static final int PEER_WATCHES_MAX = 150_000;

  /**
   * What is watched to keep the streams of peers themselves: some five queries for each peering.
   * However many services are exported, a deletion or a change of the exports is heard of.
   */
  public static final int PEER_CONTROL_WATCHES_MAX = 10_000;

  /** What is watched for the proxies that are connected to this server. */
  public static final int PROXY_WATCHES_MAX = 50_000;

  /** Of all other parts of a server, which are few. */
  private static final int OTHER_WATCHES_MAX = 10_000;

  private static final int WATCHES_MAX =
      CLIENT_WATCHES_MAX
          + PEER_WATCHES_MAX
          + PEER_CONTROL_WATCHES_MAX
          + PROXY_WATCHES_MAX
          + OTHER_WATCHES_MAX;

  /**
   * The first three decide what is refused and what an index says, so all servers of a cluster must
   * have the same. There are as many watches as all shares together: nobody who waits keeps others
   * from hearing of changes.
   */
  public static StoreSettings defaults() {
    return new StoreSettings(2_000_000, 1L << 30, 200_000, 32L << 20, 256, WATCHES_MAX);
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
