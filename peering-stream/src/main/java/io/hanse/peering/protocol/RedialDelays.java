package io.hanse.peering.protocol;

import io.hanse.peering.link.LinkStatus;

/**
 * How long a dialer waits before its next attempt. Source: peering protocol, section 3.8. A
 * follower that refuses costs almost nothing: the leader is one of the other addresses.
 */
public final class RedialDelays {
  private static final long FAST_MILLIS = 8;
  private static final long FAST_MILLIS_MAX = 8_192;
  private static final int FAST_ATTEMPTS = 5;
  private static final long SLOW_MILLIS_MAX = 64_000;

  private RedialDelays() {}

  /**
   * The delay after a failed attempt.
   *
   * @param failures how many attempts have failed in a row, this one included
   */
  public static long millisAfter(LinkStatus.Code code, int failures) {
    return switch (code) {
      case FAILED_PRECONDITION ->
          failures <= FAST_ATTEMPTS
              ? FAST_MILLIS
              : doubled(FAST_MILLIS, failures - FAST_ATTEMPTS, FAST_MILLIS_MAX);
      case RESOURCE_EXHAUSTED -> FAST_MILLIS_MAX;
      case OK,
          CANCELLED,
          UNKNOWN,
          INVALID_ARGUMENT,
          DEADLINE_EXCEEDED,
          NOT_FOUND,
          ALREADY_EXISTS,
          PERMISSION_DENIED,
          ABORTED,
          OUT_OF_RANGE,
          UNIMPLEMENTED,
          INTERNAL,
          UNAVAILABLE,
          DATA_LOSS,
          UNAUTHENTICATED ->
          doubled(1_000, failures, SLOW_MILLIS_MAX);
    };
  }

  private static long doubled(long millis, int times, long max) {
    return times >= 16 ? max : Math.min(max, millis << times);
  }
}
