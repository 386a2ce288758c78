package io.hanse.peering.replication;

import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.link.LinkStatus.Code;
import io.hanse.peering.protocol.RedialDelays;

/**
 * How soon a dialer tries again. All addresses are tried once before it waits for long, and most
 * links that were good are soon good again. Source: peering protocol, section 3.8, from which it
 * departs where that would wait longer.
 */
final class DialPace {
  /** For so long after the loss of a good stream, attempts follow each other quickly. */
  private static final long QUICK_MILLIS = 3_000;

  private static final long QUICK_DELAY_MILLIS = 100;

  /** A cluster that is away is looked for this often at least. Consul lets 64 s go by. */
  private static final long AWAY_MILLIS_MAX = 4_000;

  /** One that elects has a leader in a moment; Consul may be asleep for 8 s then. */
  private static final long REFUSED_MILLIS_MAX = 500;

  private final long beganMillis;

  /** When a stream ended that had been good for a while. */
  private long lostMillis = Long.MIN_VALUE / 2;

  private int failures;

  /** Of the failures, those that were the answer of a server which does not lead. */
  private int refusals;

  /** Addresses in a row that nobody answered at, since it waited last. */
  private int unanswered;

  private boolean isNews;

  /** Begins where this server begins to lead: streams of its peerings were good until then. */
  DialPace(long nowMillis) {
    beganMillis = nowMillis;
  }

  /** What is dialed is something else now. */
  void begin() {
    failures = 0;
    refusals = 0;
    unanswered = 0;
  }

  /** A stream that had been good for a while has ended. */
  void lost(long nowMillis) {
    begin();
    lostMillis = nowMillis;
  }

  /** Whether the newest failure was the first of a row for which it waits. */
  boolean isNews() {
    return isNews;
  }

  /**
   * After how many milliseconds to try again.
   *
   * @param addresses how many there are
   */
  long delayMillis(LinkStatus failure, int addresses, long nowMillis) {
    Code code = failure.code();
    // While a cluster elects, its servers refuse many times in a second. That must not make the
    // next failure of another kind one of a long row, which is waited out for minutes.
    boolean isRefused = code == Code.FAILED_PRECONDITION;
    boolean isAway = code == Code.UNAVAILABLE;
    unanswered += isAway ? 1 : 0;
    isNews = false;
    // Who leads there may be known in a moment, but no name; and who has enough wants no hurry.
    boolean mayBeSoon = !isRefused && code != Code.RESOURCE_EXHAUSTED && !failure.isNameUnknown();
    boolean isQuick =
        (mayBeSoon && nowMillis - lostMillis < QUICK_MILLIS)
            || (mayBeSoon && isAway && nowMillis - beganMillis < QUICK_MILLIS)
            || (isAway && unanswered < addresses);
    if (isQuick) {
      // What was missed so far is little.
      return QUICK_DELAY_MILLIS;
    }
    failures++;
    isNews = failures == 1;
    if (isRefused) {
      // The cluster is there: it is one server that is not, and the next one may lead.
      unanswered = 0;
      refusals++;
      return Math.min(RedialDelays.millisAfter(code, refusals), REFUSED_MILLIS_MAX);
    }
    unanswered = 0;
    long delay = RedialDelays.millisAfter(code, failures - refusals);
    return isAway ? Math.min(delay, AWAY_MILLIS_MAX) : delay;
  }
}
