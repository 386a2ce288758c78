package io.hanse.peering.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * When a service is sent again that did not fit what the importer has: at once for the first time,
 * since that is how what got lost is mended, and ever later while nothing of it fits.
 */
final class MisfitDelays {
  private static final long FIRST_MILLIS = 1_000;
  private static final long MILLIS_MAX = 64_000;

  /** How often in a row, and until when nothing of it is sent. */
  private record Misfits(int count, long untilMillis) {
    Misfits over() {
      return new Misfits(count, 0);
    }
  }

  private final Map<String, Misfits> misfits = new TreeMap<>();

  /** Before it, none is due. */
  private long earliestMillis = Long.MAX_VALUE;

  void misfit(String name, long nowMillis) {
    Misfits before = misfits.get(name);
    int count = before == null ? 0 : before.count;
    long delay = count == 0 ? 0 : Math.min(MILLIS_MAX, FIRST_MILLIS << Math.min(count - 1, 16));
    long until = delay == 0 ? 0 : nowMillis + delay;
    misfits.put(name, new Misfits(count + 1, until));
    if (until > 0) {
      earliestMillis = Math.min(earliestMillis, until);
    }
  }

  /** The importer took something of it, or refused it, or it is not sent any more. */
  void forget(String name) {
    misfits.remove(name);
  }

  boolean isWaiting(String name) {
    Misfits known = misfits.get(name);
    return known != null && known.untilMillis > 0;
  }

  /** Those that have waited for long enough, and wait no longer. */
  List<String> due(long nowMillis) {
    if (nowMillis < earliestMillis) {
      return List.of();
    }
    earliestMillis = Long.MAX_VALUE;
    List<String> due = new ArrayList<>();
    for (Map.Entry<String, Misfits> entry : misfits.entrySet()) {
      long until = entry.getValue().untilMillis;
      if (until > nowMillis) {
        earliestMillis = Math.min(earliestMillis, until);
      } else if (until > 0) {
        due.add(entry.getKey());
        entry.setValue(entry.getValue().over());
      }
    }
    return due;
  }
}
