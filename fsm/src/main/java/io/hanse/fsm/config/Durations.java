package io.hanse.fsm.config;

import com.google.protobuf.Duration;

/** Spans of time: what entries ask of them, and how Go prints them. */
public final class Durations {
  private Durations() {}

  static boolean isZero(Duration duration) {
    return duration.getSeconds() == 0 && duration.getNanos() == 0;
  }

  static boolean isNegative(Duration duration) {
    return duration.getSeconds() < 0 || duration.getNanos() < 0;
  }

  static int compare(Duration one, Duration other) {
    int seconds = Long.compare(one.getSeconds(), other.getSeconds());
    return seconds != 0 ? seconds : Integer.compare(one.getNanos(), other.getNanos());
  }

  static String text(Duration duration) {
    return text(java.time.Duration.ofSeconds(duration.getSeconds(), duration.getNanos()));
  }

  /** In the largest unit that leaves no leading zero: {@code 1h2m3.5s}, {@code 200ms}. */
  public static String text(java.time.Duration span) {
    if (span.isZero()) {
      return "0s";
    }
    String sign = span.isNegative() ? "-" : "";
    java.time.Duration size = span.abs();
    if (size.compareTo(java.time.Duration.ofSeconds(1)) < 0) {
      return sign + small(size.toNanos());
    }
    StringBuilder text = new StringBuilder(sign);
    if (size.toHours() > 0) {
      text.append(size.toHours()).append('h');
    }
    if (size.toMinutes() > 0) {
      text.append(size.toMinutesPart()).append('m');
    }
    return text.append(decimal(size.toSecondsPart(), size.toNanosPart(), 1_000_000_000))
        .append('s')
        .toString();
  }

  private static String small(long nanos) {
    if (nanos >= 1_000_000) {
      return decimal(nanos / 1_000_000, nanos % 1_000_000, 1_000_000) + "ms";
    }
    return nanos >= 1_000 ? decimal(nanos / 1_000, nanos % 1_000, 1_000) + "µs" : nanos + "ns";
  }

  private static String decimal(long whole, long part, long unit) {
    if (part == 0) {
      return String.valueOf(whole);
    }
    String digits = String.valueOf(unit + part).substring(1).replaceFirst("0+$", "");
    return whole + "." + digits;
  }
}
