package io.hanse.peering;

import io.hanse.fsm.row.Peering;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Adds to stored rows what only the leader knows of their streams. */
@FunctionalInterface
public interface StreamOverlay {
  CompletableFuture<List<Peering>> over(List<Peering> stored);

  /** The same, and without a leader what is stored, shown as such. */
  default CompletableFuture<List<Peering>> overIfLed(List<Peering> stored) {
    return over(stored);
  }

  /**
   * Keeps, on the leader, why a peering was not established by a token.
   *
   * @param reason "" for another attempt, of which nothing is known yet
   */
  default void tokenRefused(String peeringId, String reason) {}
}
