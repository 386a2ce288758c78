package io.hanse.raft;

import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The time that a leader stamps its entries with, and measures what is old by. Replicas never let
 * log time go back, so a wall clock that once jumped ahead would be believed for ever, and what
 * waits for a time to pass would wait for decades.
 *
 * <p>So the wall clock is only asked when this server begins to lead: log time starts there, or
 * where the last leader left it. From then on it runs by the clock that knows no jumps, and is
 * drawn towards the wall clock by a tenth at most: it never stands still, and a minute stays about
 * a minute whatever an operator or a time server does.
 */
final class LogClock {
  private static final Logger LOG = LoggerFactory.getLogger(LogClock.class);
  private static final long MICROS = 1_000;

  /** Log time gains or loses so much of what passed: one part of it. */
  private static final long DRAWN = 10;

  /** Farther from the wall clock than that is worth a word. */
  private static final long APART_MICROS = 60_000_000;

  private final LongSupplier wallMillis;
  private final LongSupplier nanoClock;
  private long micros;
  private long lookedAtNanos;
  private boolean isApart;

  LogClock(LongSupplier wallMillis, LongSupplier nanoClock) {
    this.wallMillis = wallMillis;
    this.nanoClock = nanoClock;
  }

  /**
   * This server leads from now on.
   *
   * @param logMillis where the entries before it have brought log time
   */
  synchronized void begin(long logMillis) {
    lookedAtNanos = nanoClock.getAsLong();
    micros = Math.max(logMillis, wallMillis.getAsLong()) * MICROS;
    note();
  }

  /** Before this server ever led it is the wall clock's. */
  synchronized long millis() {
    if (micros == 0) {
      return wallMillis.getAsLong();
    }
    long now = nanoClock.getAsLong();
    long passed = (now - lookedAtNanos) / MICROS;
    if (passed > 0) {
      // What is less than a microsecond is kept for the next look.
      lookedAtNanos += passed * MICROS;
      long drawn = passed / DRAWN;
      long apart = wallMillis.getAsLong() * MICROS - (micros + passed);
      micros += passed + Math.max(-drawn, Math.min(drawn, apart));
      note();
    }
    return micros / MICROS;
  }

  private void note() {
    long ahead = micros - wallMillis.getAsLong() * MICROS;
    boolean wasApart = isApart;
    isApart = Math.abs(ahead) > APART_MICROS;
    if (isApart && !wasApart) {
      LOG.warn(
          "log time is not this server's clock's: one of the two jumped; it is drawn near slowly"
              + " ahead_seconds={}",
          ahead / (MICROS * MICROS));
    } else if (wasApart && !isApart) {
      LOG.info("log time is this server's clock's again");
    }
  }
}
