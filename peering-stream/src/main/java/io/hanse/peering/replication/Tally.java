package io.hanse.peering.replication;

/**
 * Counts what happens again and again, and says which times the log is told of: the first ones, and
 * then whenever there were twice as many. Used on one loop only.
 */
final class Tally {
  private final int firstTold;
  private long times;

  Tally(int firstTold) {
    this.firstTold = firstTold;
  }

  /** Once more; answers whether it is to be told. */
  boolean add() {
    times++;
    return times <= firstTold || Long.bitCount(times) == 1;
  }

  long times() {
    return times;
  }

  /** It is over: the next time is the first. */
  void reset() {
    times = 0;
  }
}
