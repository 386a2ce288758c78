package io.hanse.fsm.port;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Waits for thread pools that were told to end. For those around the state machine, which itself
 * has neither threads nor a clock.
 */
public final class PoolShutdown {
  private PoolShutdown() {}

  /**
   * Whether the last task of each has ended in time. Asked by a thread of such a pool, which can't
   * wait for itself, the answer is no; so it is for a thread that is interrupted, and stays so.
   *
   * @param patience for all of them together
   * @param pools shut down already
   */
  public static boolean isOver(Duration patience, ExecutorService... pools) {
    long end = System.nanoTime() + patience.toNanos();
    try {
      for (ExecutorService pool : pools) {
        if (!pool.awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
          return false;
        }
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
