package io.hanse.peering.replication;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * How much of the silence of peers is this process's own, which stood still and heard nobody: until
 * it hears a peer again, that does not count. For one thread.
 */
final class ExcusedSilences {
  /**
   * What does not count of a silence.
   *
   * @param untilMillis the end of the last standstill: who was heard later needs no excuse
   */
  private record Excuse(long untilMillis, long millis) {}

  private final Map<String, Excuse> excuses = new TreeMap<>();

  /** Takes so much more off a silence that lasts, and no more than there is of it. */
  void excuse(String id, long silenceMillis, long millis, long nowMillis) {
    long before = silenceMillis - countedMillis(id, silenceMillis, nowMillis);
    excuses.put(id, new Excuse(nowMillis, Math.min(silenceMillis, before + millis)));
  }

  /** What counts of a silence. */
  long countedMillis(String id, long silenceMillis, long nowMillis) {
    Excuse excuse = excuses.get(id);
    return excuse == null || nowMillis - silenceMillis >= excuse.untilMillis()
        ? silenceMillis
        : Math.max(0, silenceMillis - excuse.millis());
  }

  /** Forgets all others. */
  void retain(Set<String> ids) {
    excuses.keySet().retainAll(ids);
  }
}
