package io.hanse.peering.replication;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How often peers are asked to send once more what did not fit into the state: all together a few
 * times in a second, and each less and less often while that happens again and again. Outlives
 * streams, as each asking ends one. Safe from any thread.
 */
public final class RoomTurns {
  private static final int OF_ALL_PER_SECOND = 4;
  private static final long PAUSE_MILLIS_MIN = 5_000;
  private static final long PAUSE_MILLIS_MAX = 160_000;

  /** The oldest are forgotten. */
  private static final int PEERINGS_MAX = 4_096;

  private record Turn(long millis, long pauseMillis) {
    boolean isOver(long nowMillis) {
      return nowMillis - millis >= pauseMillis;
    }

    /** Of those that come one behind the other each is twice as long. */
    long next(long nowMillis) {
      return nowMillis - millis >= 4 * pauseMillis
          ? PAUSE_MILLIS_MIN
          : Math.min(PAUSE_MILLIS_MAX, 2 * pauseMillis);
    }
  }

  private final Map<String, Turn> last =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Turn> eldest) {
          return size() > PEERINGS_MAX;
        }
      };

  private long secondMillis;
  private int taken;

  /** Those of one peering. */
  final class OfPeering {
    private final String id;

    private OfPeering(String id) {
      this.id = id;
    }

    /** Whether it is asked now; if not, it may be later. */
    boolean take(long nowMillis) {
      return RoomTurns.this.take(id, nowMillis);
    }
  }

  OfPeering of(String peeringId) {
    return new OfPeering(peeringId);
  }

  private synchronized boolean take(String id, long nowMillis) {
    Turn before = last.get(id);
    if (before != null && !before.isOver(nowMillis)) {
      return false;
    }
    if (nowMillis - secondMillis >= 1_000) {
      secondMillis = nowMillis;
      taken = 0;
    }
    if (taken == OF_ALL_PER_SECOND) {
      return false;
    }
    taken++;
    last.remove(id);
    last.put(id, new Turn(nowMillis, before == null ? PAUSE_MILLIS_MIN : before.next(nowMillis)));
    return true;
  }
}
