package io.hanse.fsm.apply;

import io.hanse.fsm.row.PeeringState;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * The stored states of a peering and where each may lead. What a leader says besides (active,
 * failing) is never stored. Source: peering protocol, section 8.2.
 */
final class PeeringPhases {
  private static final Map<PeeringState, Set<PeeringState>> NEXT = next();

  private PeeringPhases() {}

  private static Map<PeeringState, Set<PeeringState>> next() {
    Map<PeeringState, Set<PeeringState>> next = new EnumMap<>(PeeringState.class);
    next.put(
        PeeringState.PENDING,
        EnumSet.of(
            PeeringState.PENDING,
            PeeringState.ESTABLISHING,
            PeeringState.DELETING,
            PeeringState.TERMINATED));
    next.put(
        PeeringState.ESTABLISHING,
        EnumSet.of(PeeringState.ESTABLISHING, PeeringState.DELETING, PeeringState.TERMINATED));
    // A dialer may be established anew with a new token.
    next.put(
        PeeringState.TERMINATED,
        EnumSet.of(PeeringState.TERMINATED, PeeringState.ESTABLISHING, PeeringState.DELETING));
    next.put(PeeringState.DELETING, EnumSet.of(PeeringState.DELETING));
    return Collections.unmodifiableMap(next);
  }

  static boolean isStored(PeeringState state) {
    return NEXT.containsKey(state);
  }

  static boolean mayBecome(PeeringState from, PeeringState to) {
    return NEXT.getOrDefault(from, Set.of()).contains(to);
  }
}
