package io.hanse.peering;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * At most a few lines of a kind in a while, where others decide how often there is something to
 * tell. Safe from any thread.
 */
public final class LogPace {
  private static final long PAUSE_MILLIS = 10_000;

  /** Kinds that are told apart: one for each peering and reason, and the oldest are forgotten. */
  private static final int KINDS_MAX = 4_096;

  /** So that a link that comes and goes a few times is told of to the end. */
  private static final int BURST = 5;

  /** Between two lines of what goes on as it is until somebody does something about it. */
  private static final long LASTING_PAUSE_MILLIS = 600_000;

  private static final long MANY_PAUSE_MILLIS = 60_000;

  private static final class Lines {
    long beganMillis;
    int told;
    long leftOut;

    Lines(long beganMillis) {
      this.beganMillis = beganMillis;
    }
  }

  private final Map<String, Lines> kinds =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Lines> eldest) {
          return size() > KINDS_MAX;
        }
      };

  /**
   * Whether a line of a kind is due.
   *
   * @param kind nothing that a stranger chooses
   * @return how many were left out since the last one; empty: this one is left out, too
   */
  public OptionalLong due(String kind, long nowMillis) {
    return due(kind, nowMillis, PAUSE_MILLIS, BURST);
  }

  /** The same of what is tried again and again for as long as it fails: a line now and then. */
  public OptionalLong dueOfLasting(String kind, long nowMillis) {
    return due(kind, nowMillis, LASTING_PAUSE_MILLIS, 1);
  }

  /** The same of what many meet at once, each again and again: a line, then one each minute. */
  public OptionalLong dueOfMany(String kind, long nowMillis) {
    return due(kind, nowMillis, MANY_PAUSE_MILLIS, 1);
  }

  private synchronized OptionalLong due(String kind, long nowMillis, long pauseMillis, int burst) {
    Lines lines = kinds.remove(kind);
    if (lines == null) {
      lines = new Lines(nowMillis);
    }
    kinds.put(kind, lines);
    long since = nowMillis - lines.beganMillis;
    if (since < 0 || since >= pauseMillis) {
      lines.beganMillis = nowMillis;
      lines.told = 0;
    }
    if (lines.told == burst) {
      lines.leftOut++;
      return OptionalLong.empty();
    }
    lines.told++;
    long leftOut = lines.leftOut;
    lines.leftOut = 0;
    return OptionalLong.of(leftOut);
  }
}
