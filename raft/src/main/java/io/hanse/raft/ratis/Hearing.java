package io.hanse.raft.ratis;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Whether another server answers what it is asked over Ratis' connections. One that is asked
 * nothing is not silent, and a connection that is known to have failed neither: that is dialed
 * again anyway.
 */
final class Hearing {
  /** So long without an answer, and the connection may have died without a word. */
  static final Duration SILENCE = Duration.ofSeconds(2);

  /** After connections that were renewed in vain: who is slow must get to answer on one. */
  static final Duration SILENCE_MAX = Duration.ofSeconds(30);

  private static final long NOTHING = Long.MIN_VALUE;

  private final LongSupplier nanoClock;
  private final Set<PeerLine.Asking<?, ?>> calls = ConcurrentHashMap.newKeySet();
  private long patienceNanos = SILENCE.toNanos();

  /** When the first of what was asked since the last answer was. */
  private long unansweredNanos = NOTHING;

  private long answeredNanos = NOTHING;

  Hearing(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  void asked(PeerLine.Asking<?, ?> call) {
    calls.add(call);
    synchronized (this) {
      if (unansweredNanos == NOTHING) {
        unansweredNanos = nanoClock.getAsLong();
      }
    }
  }

  synchronized void answered() {
    unansweredNanos = NOTHING;
    answeredNanos = nanoClock.getAsLong();
    patienceNanos = SILENCE.toNanos();
  }

  void ended(PeerLine.Asking<?, ?> call, boolean hasFailedOpenly) {
    calls.remove(call);
    synchronized (this) {
      if (hasFailedOpenly) {
        unansweredNanos = NOTHING;
      }
    }
  }

  /** Since it last answered; {@code Long.MAX_VALUE} if it never did. */
  synchronized long sinceAnswerMillis() {
    return answeredNanos == NOTHING
        ? Long.MAX_VALUE
        : (nanoClock.getAsLong() - answeredNanos) / 1_000_000;
  }

  synchronized boolean isSilent() {
    return unansweredNanos != NOTHING && nanoClock.getAsLong() - unansweredNanos >= patienceNanos;
  }

  /** Ends what is under way, and has nothing begin any more on the channels that it is on. */
  void abandon() {
    synchronized (this) {
      unansweredNanos = NOTHING;
      patienceNanos = Math.min(2 * patienceNanos, SILENCE_MAX.toNanos());
    }
    calls.forEach(PeerLine.Asking::abandon);
  }
}
