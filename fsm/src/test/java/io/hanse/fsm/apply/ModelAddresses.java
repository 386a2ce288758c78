package io.hanse.fsm.apply;

import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The model's part of virtual addresses: which service has which, and which are free again. */
final class ModelAddresses {
  final TreeMap<String, Integer> given = new TreeMap<>();
  private final TreeSet<Integer> free = new TreeSet<>();
  private final Set<String> configured = new TreeSet<>();
  private int last;

  void copyOf(ModelAddresses other) {
    given.putAll(other.given);
    free.addAll(other.free);
    configured.addAll(other.configured);
    last = other.last;
  }

  /** Over a restore no number is handed out anew that was handed out before. */
  void goOnAfter(ModelAddresses before) {
    last = Math.max(last, before.last);
  }

  String assign(String service) {
    if (!given.containsKey(service)) {
      given.put(service, free.isEmpty() ? ++last : free.pollFirst());
    }
    return String.format(Locale.ROOT, "240.0.0.%d", given.get(service));
  }

  void configured(String service) {
    configured.add(service);
    assign(service);
  }

  /** Keeps only these configured; answers the others. */
  Set<String> unconfigured(Collection<String> kept) {
    Set<String> gone = new TreeSet<>(configured);
    gone.removeAll(kept);
    configured.retainAll(kept);
    return gone;
  }

  /** Of a service that has neither instances nor sidecars. */
  void release(String service) {
    if (given.containsKey(service) && !configured.contains(service)) {
      free.add(given.remove(service));
    }
  }
}
