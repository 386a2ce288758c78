package io.hanse.jepsen.history;

import java.util.ArrayList;
import java.util.List;

/**
 * What clients did to the services of one cluster, and what they saw of them in another one that
 * imports some. Each service has one instance and one writer, who numbers its states upwards.
 */
public final class ExportHistory {
  /** The number of a service that is not there. */
  public static final long NONE = 0;

  /**
   * A service was given a state.
   *
   * @param isGone whether the state is that it is not there
   * @param returnNanos {@link Operation#UNKNOWN} where the client never learned the outcome
   */
  public record Write(
      String service, long number, boolean isGone, long callNanos, long returnNanos) {
    public boolean isAcknowledged() {
      return returnNanos != Operation.UNKNOWN;
    }
  }

  /**
   * What one read in the importing cluster saw.
   *
   * @param number of the state; {@link #NONE} where it was not there
   * @param isHealthy by its check
   */
  public record Sight(
      String service, long number, boolean isHealthy, long callNanos, long returnNanos) {}

  /**
   * A name was exported from then on, or no more.
   *
   * @param returnNanos {@link Operation#UNKNOWN} where the client never learned the outcome
   */
  public record Exposure(String service, boolean isExported, long callNanos, long returnNanos) {
    public boolean isAcknowledged() {
      return returnNanos != Operation.UNKNOWN;
    }
  }

  /** A time in which the other cluster may have been silent for so long that all is withdrawn. */
  public record Silence(long fromNanos, long untilNanos) {}

  private final List<Write> writes = new ArrayList<>();
  private final List<Sight> sights = new ArrayList<>();
  private final List<Exposure> exposures = new ArrayList<>();
  private final List<Silence> silences = new ArrayList<>();

  public synchronized void add(Write write) {
    writes.add(write);
  }

  public synchronized void add(Sight sight) {
    sights.add(sight);
  }

  public synchronized void add(Exposure exposure) {
    exposures.add(exposure);
  }

  public synchronized void add(Silence silence) {
    silences.add(silence);
  }

  public synchronized List<Exposure> exposures() {
    return List.copyOf(exposures);
  }

  public synchronized List<Silence> silences() {
    return List.copyOf(silences);
  }

  public synchronized List<Write> writes() {
    return List.copyOf(writes);
  }

  public synchronized List<Sight> sights() {
    return List.copyOf(sights);
  }

  /** By the number of a state: even ones are healthy. */
  public static boolean isHealthy(long number) {
    return number % 2 == 0;
  }
}
