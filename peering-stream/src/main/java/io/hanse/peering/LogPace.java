package io.hanse.peering;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * At most one line of a kind in a while, where others decide how often there is something to tell.
 * Safe from any thread.
 */
public final class LogPace {
  private static final long PAUSE_MILLIS = 10_000;

  /** Kinds that are told apart: one for each peering and reason, and the oldest are forgotten. */
  private static final int KINDS_MAX = 4_096;

  private static final class Lines {
    final long lastMillis;
    long leftOut;

    Lines(long lastMillis) {
      this.lastMillis = lastMillis;
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
  public synchronized OptionalLong due(String kind, long nowMillis) {
    Lines lines = kinds.get(kind);
    if (lines != null && nowMillis - lines.lastMillis < PAUSE_MILLIS) {
      lines.leftOut++;
      return OptionalLong.empty();
    }
    kinds.remove(kind);
    kinds.put(kind, new Lines(nowMillis));
    return OptionalLong.of(lines == null ? 0 : lines.leftOut);
  }
}
