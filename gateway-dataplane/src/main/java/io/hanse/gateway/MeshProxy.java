package io.hanse.gateway;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** A gateway or a sidecar that was started, and how it ends. */
public interface MeshProxy extends AutoCloseable {
  /** Completes when it listens. */
  CompletableFuture<Void> ready();

  /** Whether it listens, and is to be led to. */
  boolean isReady();

  /** Fails if it can't run, as where its port is taken; else it never completes. */
  CompletableFuture<Void> failed();

  /**
   * Says that it is not ready any more, and waits until nobody has called for a second: those who
   * called here have heard by then that others are to be called.
   */
  void awaitQuiet(Duration patience) throws InterruptedException;

  /** Accepts no more connections; those that are open go on. */
  void stopListening();

  /**
   * Accepts no more connections, waits for those that are open as long as the settings say, and
   * ends. Answers how many had to be cut.
   */
  int stop() throws InterruptedException;

  /** Ends at once. */
  @Override
  void close();
}
