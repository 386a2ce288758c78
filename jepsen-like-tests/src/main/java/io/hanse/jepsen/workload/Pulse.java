package io.hanse.jepsen.workload;

import java.util.ArrayList;
import java.util.List;

/** What clients felt over the time of a run: for each second how many answers, and how late. */
public final class Pulse {
  /** A run of a week. */
  private static final int SECONDS_MAX = 7 * 24 * 3600;

  /** One second. */
  public record Beat(int answered, int failed, long slowestNanos) {
    private Beat and(boolean isAnswered, long nanos) {
      return new Beat(
          answered + (isAnswered ? 1 : 0),
          failed + (isAnswered ? 0 : 1),
          isAnswered ? Math.max(slowestNanos, nanos) : slowestNanos);
    }
  }

  private static final Beat NOTHING = new Beat(0, 0, 0);

  private final long beganNanos = System.nanoTime();
  private final List<Beat> beats = new ArrayList<>();

  synchronized void note(long began, long ended, boolean isAnswered) {
    int second = secondOf(ended);
    if (second >= SECONDS_MAX) {
      return;
    }
    while (beats.size() <= second) {
      beats.add(NOTHING);
    }
    beats.set(second, beats.get(second).and(isAnswered, ended - began));
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
