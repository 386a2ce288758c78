package io.hanse.gateway.feed;

import io.hanse.peering.link.LinkStatus;

/**
 * How new what a proxy has is, so that no server takes it back in time, intentions included. That
 * is taken all the same where all servers that there are say that their cluster is behind, as after
 * it was made anew from an archive; or where some say so for long, and the others nothing.
 */
final class OwnIndex {
  /** So long those that nobody reaches might know it better. */
  private static final long PATIENCE_MILLIS = 600_000;

  private long index;
  private boolean takesOlder;
  private int behind;
  private int others;
  private long behindSinceMillis;

  /** Of what it has. */
  long index() {
    return index;
  }

  /** What a server is told; 0 where it may be older. */
  long said() {
    return takesOlder ? 0 : index;
  }

  /**
   * A server spoke.
   *
   * @param told the index that it named; 0: it is of a version that names none
   */
  void heard(long told) {
    if (takesOlder) {
      takesOlder = false;
      index = 0;
    }
    index = Math.max(index, told);
    behind = 0;
    behindSinceMillis = 0;
  }

  /** A stream has ended, or was never one. */
  void ended(LinkStatus status, long nowMillis) {
    if (status.code() != LinkStatus.Code.OUT_OF_RANGE) {
      others++;
    } else {
      behind++;
      behindSinceMillis = behindSinceMillis == 0 ? nowMillis : behindSinceMillis;
    }
  }

  /** All servers are tried from now on; answers whether what is older is taken meanwhile. */
  boolean beginRound(long nowMillis) {
    boolean isAnyBehind = behind > 0;
    boolean areAll = isAnyBehind && others == 0;
    boolean isLong = isAnyBehind && nowMillis - behindSinceMillis >= PATIENCE_MILLIS;
    if (!isAnyBehind) {
      behindSinceMillis = 0;
    }
    behind = 0;
    others = 0;
    takesOlder = areAll || isLong;
    return takesOlder;
  }
}
