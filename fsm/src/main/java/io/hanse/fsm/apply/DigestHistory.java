package io.hanse.fsm.apply;

import java.util.OptionalLong;

/**
 * The digests of the last entries of the log, so that servers that are not at the same entry can be
 * compared at one that all have applied. One thread adds, any asks.
 */
final class DigestHistory {
  private static final int KEPT = 1 << 13;

  private final long[] indexes = new long[KEPT];
  private final long[] digests = new long[KEPT];
  private long added;

  /** The state after an entry; indexes only grow. */
  synchronized void add(long logIndex, long digest) {
    int at = (int) (added % KEPT);
    indexes[at] = logIndex;
    digests[at] = digest;
    added++;
  }

  /** The state is another one now: what was before does not lead to it. */
  synchronized void restart(long logIndex, long digest) {
    added = 0;
    add(logIndex, digest);
  }

  /** After the newest entry that is not behind the index; empty if that is not kept any more. */
  synchronized OptionalLong at(long logIndex) {
    long low = Math.max(0, added - KEPT);
    long high = added - 1;
    OptionalLong found = OptionalLong.empty();
    while (low <= high) {
      long middle = (low + high) >>> 1;
      int at = (int) (middle % KEPT);
      if (indexes[at] <= logIndex) {
        found = OptionalLong.of(digests[at]);
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return found;
  }
}
