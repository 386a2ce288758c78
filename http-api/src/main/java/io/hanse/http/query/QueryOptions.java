package io.hanse.http.query;

import io.hanse.fsm.port.StateReader.Level;
import io.hanse.http.exchange.HttpProblem;
import io.hanse.http.exchange.Parameters;
import io.hanse.http.json.GoDuration;
import io.hanse.http.json.JsonProblem;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * What a read asks for besides its subject.
 *
 * @param index hold the answer until its index is above; 0: answer at once
 * @param waitMax how long at most
 * @param maxStale a stale answer may be so old; zero: any age
 */
public record QueryOptions(Level level, long index, Duration waitMax, Duration maxStale) {
  /**
   * How long reads are held back.
   *
   * @param usual where nothing is said
   * @param max whatever is said
   */
  public record Waits(Duration usual, Duration max) {
    public static final Waits DEFAULTS = new Waits(Duration.ofMinutes(5), Duration.ofMinutes(10));

    Duration bounded(Duration wait) {
      return wait.compareTo(max) > 0 ? max : wait;
    }
  }

  /** What is said of the age of cached answers, of which there are none: each is fresh. */
  private static final List<String> AGES = List.of("max-age=", "stale-if-error=");

  /**
   * Reads the parameters that all reads have in common.
   *
   * @throws HttpProblem 400
   */
  public static QueryOptions parse(Parameters parameters) {
    return parse(parameters, Waits.DEFAULTS);
  }

  static QueryOptions parse(Parameters parameters, Waits waits) {
    long index = parseIndex(parameters.first("index"));
    Duration wait = parseWait(parameters.first("wait"), waits);
    Duration maxStale = parseMaxStale(parameters.first("max_stale"));
    boolean isStale = parameters.has("stale") || !maxStale.isZero();
    boolean isConsistent = parameters.has("consistent");
    if (isStale && isConsistent) {
      throw HttpProblem.badRequest(
          "Cannot specify ?stale with ?consistent, conflicting semantics.");
    }
    if (parameters.has("cached") && isConsistent) {
      throw HttpProblem.badRequest(
          "Cannot specify ?cached with ?consistent, conflicting semantics.");
    }
    Level level = isStale ? Level.STALE : isConsistent ? Level.CONSISTENT : Level.DEFAULT;
    return new QueryOptions(level, index, wait, maxStale);
  }

  /**
   * Looks whether the header {@code Cache-Control} can be understood.
   *
   * @throws HttpProblem 400
   */
  static void requireCacheControl(String header) {
    for (String directive : header.toLowerCase(Locale.ROOT).split(",", -1)) {
      for (String age : AGES) {
        String plain = directive.strip();
        if (plain.startsWith(age) && !isSeconds(plain.substring(age.length()))) {
          throw HttpProblem.badRequest("Invalid Cache-Control header.");
        }
      }
    }
  }

  private static boolean isSeconds(String text) {
    return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  /** With a level that the endpoint decides on. */
  QueryOptions at(Level other) {
    return new QueryOptions(other, index, waitMax, Duration.ZERO);
  }

  private static long parseIndex(String text) {
    if (text.isEmpty()) {
      return 0;
    }
    try {
      return Long.parseUnsignedLong(text);
    } catch (NumberFormatException e) {
      throw HttpProblem.badRequest("Invalid index");
    }
  }

  private static Duration parseWait(String text, Waits waits) {
    if (text.isEmpty()) {
      return waits.bounded(waits.usual());
    }
    try {
      Duration wait = GoDuration.parse(text);
      return waits.bounded(wait.isZero() || wait.isNegative() ? waits.usual() : wait);
    } catch (JsonProblem e) {
      throw HttpProblem.badRequest("Invalid wait time");
    }
  }

  private static Duration parseMaxStale(String text) {
    if (text.isEmpty()) {
      return Duration.ZERO;
    }
    try {
      return GoDuration.parse(text);
    } catch (JsonProblem e) {
      throw HttpProblem.badRequest("Invalid max_stale value \"" + text + "\"");
    }
  }
}
