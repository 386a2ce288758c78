package io.hanse.cli.program;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a program running until SIGTERM or SIGINT, then closes it within a bound. For proxies the
 * start script has SIGHUP ignored; servers hear it ({@link ProcessSignal}).
 */
final class Lifetime {
  private static final Logger LOG = LoggerFactory.getLogger(Lifetime.class);

  /** How long the connections of a proxy may go on after it was asked to stop. */
  static final Duration DRAIN = Duration.ofSeconds(20);

  /** Longer than any orderly stop; then the process goes as it is. */
  private static final long STOP_SECONDS_MAX = 30;

  /** Where nobody reads the pipe that the log goes to, a line waits for ever once that is full. */
  private static final long LINE_SECONDS_MAX = 1;

  private Lifetime() {}

  /**
   * Returns only when the program is over by itself, to be closed as the process ends; else that
   * ends from within its shutdown.
   *
   * @param over never fails
   * @param exitCode after an orderly stop
   */
  static int runUntilStopped(
      AutoCloseable program, CompletableFuture<Void> over, IntSupplier exitCode) {
    begin(program, exitCode);
    over.join();
    return 0;
  }

  /**
   * Has a program closed when the process ends, from now on: one that is still to start, too.
   *
   * @return what {@link #giveUp} takes that back by
   */
  static Thread begin(AutoCloseable program, IntSupplier exitCode) {
    Runnable stop = () -> Runtime.getRuntime().halt(close(program) ? exitCode.getAsInt() : 1);
    Thread hook = new Thread(stop, "shutdown");
    Runtime.getRuntime().addShutdownHook(hook);
    return hook;
  }

  /** Of a program that is closed already, as it can't start. */
  static void giveUp(Thread begun) {
    try {
      Runtime.getRuntime().removeShutdownHook(begun);
    } catch (IllegalStateException e) {
      // The process ends already, and finds nothing to close.
      LOG.debug("ends already", e);
    }
  }

  /** Whether it closed in time; takes no longer than the bound, whatever becomes of the log. */
  static boolean close(AutoCloseable program) {
    isOverWithin(LINE_SECONDS_MAX, () -> LOG.info("stopping"));
    boolean isClosed = isOverWithin(STOP_SECONDS_MAX, () -> closeOrSay(program));
    isOverWithin(LINE_SECONDS_MAX, () -> sayHow(isClosed));
    return isClosed;
  }

  private static void closeOrSay(AutoCloseable program) {
    try {
      program.close();
    } catch (Exception | Error e) {
      LOG.error("stop failed", e);
    }
  }

  private static void sayHow(boolean isClosed) {
    if (isClosed) {
      LOG.info("stopped");
    } else {
      LOG.error("stop took too long seconds={}", STOP_SECONDS_MAX);
    }
  }

  private static boolean isOverWithin(long seconds, Runnable step) {
    Thread thread = new Thread(step, "stop");
    thread.setDaemon(true);
    thread.start();
    try {
      thread.join(TimeUnit.SECONDS.toMillis(seconds));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return !thread.isAlive();
  }
}
