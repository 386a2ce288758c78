package io.hanse.cli.agent.warmup;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * How much of the machine a warm-up takes: it rests as long as it works, and waits while others
 * take half of the machine. To be used on the thread of the warm-up, but for {@link #end}.
 */
final class Pace {
  /** There is nothing to warm up for any more. */
  static final class OverException extends RuntimeException {
    private static final long serialVersionUID = 1;

    OverException(String message) {
      super(message);
    }
  }

  private static final double BUSY = 0.5;
  private static final long STRETCH_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  /** A server that was busy for so long has warmed up by itself. */
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  /** Of its thread: several times what it takes, so that no mistake can make it last. */
  private static final Duration WORK_MAX = Duration.ofSeconds(30);

  private final DoubleSupplier others;
  private final LongSupplier cpuNanos;
  private final Duration lookEvery;
  private final CountDownLatch end = new CountDownLatch(1);
  private long beginNanos;
  private long cpuAtBegin;
  private long stretchNanos;
  private long lookedNanos;

  /**
   * For a warm-up that has not begun.
   *
   * @param others what share of the machine others took since they were last looked at
   * @param cpuNanos the processor time of the thread that asks
   */
  Pace(DoubleSupplier others, LongSupplier cpuNanos, Duration lookEvery) {
    this.others = others;
    this.cpuNanos = cpuNanos;
    this.lookEvery = lookEvery;
  }

  /** From any thread: the next breath is the last. */
  void end() {
    end.countDown();
  }

  /** The processor time that it took so far. */
  long workedNanos() {
    return cpuNanos.getAsLong() - cpuAtBegin;
  }

  /** Returns once others leave half of the machine idle. */
  void begin() {
    beginNanos = System.nanoTime();
    cpuAtBegin = cpuNanos.getAsLong();
    // What they took before says nothing of now.
    boolean unused = isBusy();
    awaitQuiet();
  }

  private void awaitQuiet() {
    do {
      pause(lookEvery.toNanos());
    } while (isBusy());
    stretchNanos = System.nanoTime();
  }

  /** Called between two steps; returns when it is time for the next one. */
  void breathe() {
    long worked = System.nanoTime() - stretchNanos;
    if (worked < STRETCH_NANOS) {
      return;
    }
    if (workedNanos() > WORK_MAX.toNanos()) {
      throw new OverException("it took too long");
    }
    pause(worked);
    if (System.nanoTime() - lookedNanos > lookEvery.toNanos() && isBusy()) {
      awaitQuiet();
    }
    stretchNanos = System.nanoTime();
  }

  private boolean isBusy() {
    lookedNanos = System.nanoTime();
    return others.getAsDouble() > BUSY;
  }

  private void pause(long nanos) {
    if (System.nanoTime() - beginNanos > PATIENCE.toNanos()) {
      throw new OverException("the machine is busy");
    }
    try {
      if (end.await(nanos, TimeUnit.NANOSECONDS)) {
        throw new OverException("the server ends");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new OverException("interrupted");
    }
  }
}
