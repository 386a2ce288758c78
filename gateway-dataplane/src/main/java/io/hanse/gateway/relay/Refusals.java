package io.hanse.gateway.relay;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What was asked for in vain, or by whom: who called sees a connection that ends, and nothing else.
 * The names that came last are kept, so that one who asks for ever new ones takes no more room.
 * Safe from any thread.
 */
public final class Refusals {
  static final int NAMES_MAX = 100;

  /** Ends that say something of a name. Bounds that were met have nothing to do with it. */
  private static final Set<CloseReason> OF_A_NAME =
      Set.of(
          CloseReason.NO_ROUTE,
          CloseReason.NO_ENDPOINT,
          CloseReason.CONNECT_FAILED,
          CloseReason.RBAC_DENIED,
          CloseReason.TLS_FAILED);

  private record Key(String serverName, String caller, CloseReason reason) {}

  /**
   * Calls that were refused alike.
   *
   * @param serverName what they asked for; "" where that was not said
   * @param caller the SPIFFE id that they proved; "" where they need not
   * @param detail of the last
   */
  public record Refusal(
      String serverName,
      String caller,
      CloseReason reason,
      String detail,
      long count,
      long lastMillis) {}

  /** Whose last one is the longest ago comes first. */
  private final Map<Key, Refusal> refusals = new LinkedHashMap<>();

  /** Takes note of a connection that ended, if it was refused for its name or its caller. */
  void note(AccessLog.Entry ended) {
    boolean isNamed = !ended.serverName().isEmpty() || !ended.caller().isEmpty();
    if (isNamed && OF_A_NAME.contains(ended.reason())) {
      add(new Key(ended.serverName(), ended.caller(), ended.reason()), ended);
    }
  }

  private synchronized void add(Key key, AccessLog.Entry ended) {
    Refusal before = refusals.remove(key);
    refusals.put(
        key,
        new Refusal(
            key.serverName(),
            key.caller(),
            key.reason(),
            ended.detail(),
            before == null ? 1 : before.count() + 1,
            ended.startMillis() + ended.durationMillis()));
    if (refusals.size() > NAMES_MAX) {
      refusals.remove(refusals.keySet().iterator().next());
    }
  }

  /** The newest first. */
  public synchronized List<Refusal> newest() {
    List<Refusal> newest = new ArrayList<>(refusals.values());
    Collections.reverse(newest);
    return newest;
  }
}
