package io.hanse.http.server;

import io.hanse.fsm.port.StateReader;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Holds requests back until this server has loaded what it had when it ended: before, the state is
 * empty, and what is read of it is not true.
 */
final class LoadedState {
  private final StateReader reader;
  private final Duration patience;
  private volatile boolean isThere;

  LoadedState(StateReader reader, Duration patience) {
    this.reader = reader;
    this.patience = patience;
  }

  boolean isThere() {
    return isThere;
  }

  /** Completes when it is there; fails as a read without a leader does. */
  CompletableFuture<Void> awaited() {
    return reader
        .fresh(StateReader.Level.STALE, patience)
        .thenAccept(
            freshness -> {
              isThere = true;
            });
  }
}
