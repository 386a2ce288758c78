package io.hanse.jepsen.workload;

import java.util.ArrayList;
import java.util.List;

/** What clients felt over the time of a run: for each second how many answers, and how late. */
public final class Pulse {
  /** A run of a week. */
  private static final int SECONDS_MAX = 7 * 24 * 3600;

  /**
   * One second.
   *
   * @param timed how many of the answers say something of the time that they took
   * @param timedNanos these times together
   */
  public record Beat(int answered, int failed, int timed, long timedNanos, long slowestNanos) {
    private Beat and(boolean isAnswered) {
      return new Beat(
          answered + (isAnswered ? 1 : 0),
          failed + (isAnswered ? 0 : 1),
          timed,
          timedNanos,
          slowestNanos);
    }

    private Beat and(long nanos) {
      return new Beat(
          answered, failed, timed + 1, timedNanos + nanos, Math.max(slowestNanos, nanos));
    }

    /** What an answer took in the mean; 0 where there was none. */
    public double meanNanos() {
      return timed == 0 ? 0 : (double) timedNanos / timed;
    }
  }

  private static final Beat NOTHING = new Beat(0, 0, 0, 0, 0);

  private final long beganNanos = System.nanoTime();
  private final List<Beat> beats = new ArrayList<>();

  /**
   * A request is over.
   *
   * @param isQuick whether it was to be answered at once, so that its time says something
   */
  synchronized void note(long began, long ended, boolean isAnswered, boolean isQuick) {
    int second = secondOf(ended);
    if (second >= SECONDS_MAX) {
      return;
    }
    while (beats.size() <= second) {
      beats.add(NOTHING);
    }
    Beat beat = beats.get(second).and(isAnswered);
    beats.set(second, isAnswered && isQuick ? beat.and(ended - began) : beat);
  }

  /** Seconds since the run began. */
  public int secondOf(long nanos) {
    return (int) ((nanos - beganNanos) / 1_000_000_000L);
  }

  public synchronized List<Beat> beats() {
    return List.copyOf(beats);
  }

  public synchronized long answered() {
    return beats.stream().mapToLong(Beat::answered).sum();
  }

  public synchronized long failed() {
    return beats.stream().mapToLong(Beat::failed).sum();
  }
}
