package io.hanse.peering.replication;

import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;

/**
 * Of which peerings that end here the other end knows it, as far as this server was there since it
 * leads. Safe for use by several threads.
 */
public final class Farewells {
  private final Set<String> done = new ConcurrentSkipListSet<>();

  /** The other end knows, or there is none that could be told. */
  void done(String peeringId) {
    done.add(peeringId);
  }

  boolean isDone(String peeringId) {
    return done.contains(peeringId);
  }

  /** The peering is no more. */
  void forget(String peeringId) {
    done.remove(peeringId);
  }

  void clear() {
    done.clear();
  }
}
