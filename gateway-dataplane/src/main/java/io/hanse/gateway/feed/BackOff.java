package io.hanse.gateway.feed;

import java.util.random.RandomGenerator;

/**
 * How long to wait before all servers are tried again: from 1 s, doubled up to 8 s, less up to a
 * half.
 */
final class BackOff {
  private static final long FIRST_MILLIS = 1_000;
  private static final long MILLIS_MAX = 8_000;

  private final RandomGenerator random;
  private long next = FIRST_MILLIS;

  BackOff(RandomGenerator random) {
    this.random = random;
  }

  long nextMillis() {
    long whole = next;
    next = Math.min(MILLIS_MAX, 2 * whole);
    return whole - random.nextLong(whole / 2);
  }

  /** All is well again. */
  void reset() {
    next = FIRST_MILLIS;
  }
}
