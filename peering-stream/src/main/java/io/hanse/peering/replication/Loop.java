package io.hanse.peering.replication;

/**
 * A sequence of short tasks, never two at once, with a clock. What belongs to one stream is touched
 * by its loop only, so that it needs no lock, and so that a simulation can order all of it.
 */
public interface Loop {
  /** Runs the task after those given before. After the end of the program it may be dropped. */
  void execute(Runnable task);

  /**
   * Runs the task later.
   *
   * @return what prevents it, where it has not run yet
   */
  Runnable after(long delayMillis, Runnable task);

  /** Milliseconds since 1970 that never go back. */
  long nowMillis();
}
