package io.hanse.identity;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * How many certificates are signed per second. A request may wait a little for its turn, no longer.
 */
final class IssueRate {
  private final double perNano;
  private final double burst;
  private final long waitNanosMax;
  private double allowance;
  private long last;

  /**
   * Begins full.
   *
   * @param perSecond 0: no limit
   */
  IssueRate(int perSecond, Duration waitMax, long nowNanos) {
    this.perNano = perSecond / 1e9;
    this.burst = Math.max(1, perSecond / 10.0);
    this.waitNanosMax = waitMax.toNanos();
    this.allowance = burst;
    this.last = nowNanos;
  }

  /** How long this request has to wait; empty if that is too long, and nothing is taken. */
  synchronized OptionalLong take(long nowNanos) {
    if (perNano == 0) {
      return OptionalLong.of(0);
    }
    allowance = Math.min(burst, allowance + (nowNanos - last) * perNano);
    last = nowNanos;
    long wait = allowance >= 1 ? 0 : (long) ((1 - allowance) / perNano);
    if (wait > waitNanosMax) {
      return OptionalLong.empty();
    }
    allowance -= 1;
    return OptionalLong.of(wait);
  }
}
