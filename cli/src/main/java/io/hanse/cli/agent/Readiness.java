package io.hanse.cli.agent;

import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Ca;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Finds out when a server that has started can serve all that it is asked: it knows a leader, has
 * what that one wrote, and the cluster has its certificate authority.
 */
final class Readiness {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final long PAUSE_MILLIS = 100;

  private final StateReader reader;
  private final ScheduledExecutorService timer;
  private final Runnable ready;

  /**
   * Does not look yet.
   *
   * @param ready run once
   */
  Readiness(StateReader reader, ScheduledExecutorService timer, Runnable ready) {
    this.reader = reader;
    this.timer = timer;
    this.ready = ready;
  }

  void look() {
    reader
        .fresh(StateReader.Level.DEFAULT, PATIENCE)
        .whenComplete(
            (freshness, failure) -> {
              if (failure == null && hasAuthority()) {
                ready.run();
              } else {
                lookAgain();
              }
            });
  }

  private boolean hasAuthority() {
    try (View view = reader.view()) {
      return new Ca(view).activeRoot().isPresent();
    }
  }

  private void lookAgain() {
    try {
      timer.schedule(this::look, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      // The server stops.
    }
  }
}
