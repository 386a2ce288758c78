package io.hanse.raft;

import java.time.Duration;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether it is time to say that there is no leader, and what to say: at first after a time in
 * which an election would be over, then again and again. Safe from any thread.
 */
final class QuorumNews {
  private static final long NOTABLE_NANOS = Duration.ofSeconds(10).toNanos();
  private static final long AGAIN_NANOS = Duration.ofSeconds(60).toNanos();

  private static final Logger LOG = LoggerFactory.getLogger(QuorumNews.class);

  private final String self;
  private final BooleanSupplier isLed;
  private final Supplier<Set<String>> voters;
  private final Predicate<String> isReached;
  private final Runnable asks;
  private final LongSupplier nanoClock;

  /** Since when there is no leader, and when to say so next. */
  private boolean isUnled;

  private long sinceNanos;
  private long dueNanos;

  /** Of a server in its group. */
  QuorumNews(
      LeaderStanding standing,
      Supplier<Set<String>> voters,
      Neighbours neighbours,
      LongSupplier nanoClock) {
    this(
        standing.self(),
        () -> standing.standing().leader().isPresent(),
        voters,
        id -> neighbours.lately(id).isPresent(),
        neighbours::exchange,
        nanoClock);
  }

  /**
   * Nothing is wrong yet.
   *
   * @param isLed whether a leader is known
   * @param isReached whether another voter answered lately
   * @param asks all others, and waits for their answers a while
   */
  QuorumNews(
      String self,
      BooleanSupplier isLed,
      Supplier<Set<String>> voters,
      Predicate<String> isReached,
      Runnable asks,
      LongSupplier nanoClock) {
    this.self = self;
    this.isLed = isLed;
    this.voters = voters;
    this.isReached = isReached;
    this.asks = asks;
    this.nanoClock = nanoClock;
  }

  /** To be asked often. A server that has no vote yet, or no more, is no part of a quorum. */
  synchronized boolean isDue() {
    long now = nanoClock.getAsLong();
    if (isLed.getAsBoolean() || !voters.get().contains(self)) {
      isUnled = false;
      return false;
    }
    if (!isUnled) {
      isUnled = true;
      sinceNanos = now;
      dueNanos = now + NOTABLE_NANOS;
    }
    if (now - dueNanos < 0) {
      return false;
    }
    dueNanos = now + AGAIN_NANOS;
    return true;
  }

  /** Looks who is there, which may take a second, and says it. */
  void tell() {
    asks.run();
    LOG.warn("{}", line());
  }

  synchronized String line() {
    Set<String> all = voters.get();
    long reached = all.stream().filter(id -> id.equals(self) || isReached.test(id)).count();
    return (reached * 2 > all.size() ? "no leader" : "no quorum, nothing can be written")
        + ": this server reaches "
        + reached
        + " of "
        + all.size()
        + " voters for_s="
        + (nanoClock.getAsLong() - sinceNanos) / 1_000_000_000;
  }
}
