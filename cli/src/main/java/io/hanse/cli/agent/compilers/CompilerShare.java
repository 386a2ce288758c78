package io.hanse.cli.agent.compilers;

import io.hanse.cli.agent.compilers.ThreadScheduling.Policy;
import java.time.Duration;
import java.util.Map;

/**
 * Decides whether compilers take what others leave, or have their share. Code that is never
 * compiled is several times as slow, so where they are kept waiting they have their share for a
 * while, twice as long each time that they are kept waiting as soon as it is over.
 */
final class CompilerShare {
  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final Duration MAX = Duration.ofSeconds(16);

  private Map<Integer, Long> waited = Map.of();
  private long lookedNanos;
  private long untilNanos;
  private Duration next = FIRST;

  CompilerShare(long nowNanos) {
    lookedNanos = nowNanos;
    untilNanos = nowNanos;
  }

  /**
   * The policy until it is asked again.
   *
   * @param waitedNow how long each of them was kept waiting in all, in nanoseconds by number
   */
  Policy policy(long nowNanos, Map<Integer, Long> waitedNow) {
    boolean isStarved = isStarved(nowNanos - lookedNanos, waitedNow);
    waited = Map.copyOf(waitedNow);
    lookedNanos = nowNanos;
    boolean hasShare = nowNanos - untilNanos < 0;
    if (isStarved && !hasShare) {
      untilNanos = nowNanos + next.toNanos();
      next = next.compareTo(MAX) < 0 ? next.multipliedBy(2) : MAX;
      return Policy.NORMAL;
    }
    if (nowNanos - untilNanos >= FIRST.toNanos()) {
      next = FIRST;
    }
    return hasShare ? Policy.NORMAL : Policy.IDLE;
  }

  /** Whether one of them was kept waiting for most of the time. */
  private boolean isStarved(long nanos, Map<Integer, Long> waitedNow) {
    return waitedNow.entrySet().stream()
        .anyMatch(
            each -> {
              long before = waited.getOrDefault(each.getKey(), each.getValue());
              return each.getValue() - before > nanos / 2;
            });
  }
}
