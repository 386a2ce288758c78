package io.hanse.peering.replication;

/**
 * How long the farewell of a deleted peering waits for a token that may establish the same one
 * anew. By the secret of the deleted one it could end what the other cluster has just agreed to:
 * that knows the old secret until the first stream with the new one. Decides nothing else. Used on
 * its loop only.
 */
final class FarewellHold {
  private final long millisMax;
  private long index;
  private long untilMillis;

  /**
   * Nothing is held back yet.
   *
   * @param millisMax for a token to be redeemed
   */
  FarewellHold(long millisMax) {
    this.millisMax = millisMax;
  }

  /**
   * What the state says now.
   *
   * @param establishing as in {@link DialedRow}
   * @return whether it is another thing than before
   */
  boolean changes(long establishing, long nowMillis) {
    boolean isOther = establishing != index;
    if (isOther) {
      index = establishing;
      untilMillis = establishing == 0 ? nowMillis : nowMillis + millisMax;
    }
    return isOther;
  }

  /** For how long nothing is to be said; not positive: it may be said. */
  long leftMillis(long nowMillis) {
    return untilMillis - nowMillis;
  }
}
