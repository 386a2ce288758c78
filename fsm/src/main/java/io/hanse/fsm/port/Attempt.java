package io.hanse.fsm.port;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Begins what answers later. */
public final class Attempt {
  private Attempt() {}

  /**
   * Fails by the future alone, by which alone they go who wait for an answer, or give back what
   * they hold: of what is thrown as it begins, an {@link Error} as an exception, they must hear.
   */
  public static <T> CompletableFuture<T> of(Supplier<CompletableFuture<T>> task) {
    try {
      return task.get();
    } catch (RuntimeException | Error e) {
      return CompletableFuture.failedFuture(e);
    }
  }
}
