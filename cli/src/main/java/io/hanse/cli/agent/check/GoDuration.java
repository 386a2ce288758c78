package io.hanse.cli.agent.check;

import com.google.protobuf.Duration;

/** Durations as Go prints them: 10s, 1m30s, 1h0m0s, 200ms. */
final class GoDuration {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private GoDuration() {}

  static String text(Duration duration) {
    long nanos = duration.getSeconds() * NANOS_PER_SECOND + duration.getNanos();
    if (nanos == 0) {
      return "0s";
    }
    if (nanos < 0) {
      return "-" + positive(-nanos);
    }
    return positive(nanos);
  }

  private static String positive(long nanos) {
    if (nanos < 1_000) {
      return nanos + "ns";
    }
    if (nanos < 1_000_000) {
      return decimal(nanos, 1_000) + "µs";
    }
    if (nanos < NANOS_PER_SECOND) {
      return decimal(nanos, 1_000_000) + "ms";
    }
    long minutes = nanos / (60 * NANOS_PER_SECOND);
    String seconds = decimal(nanos % (60 * NANOS_PER_SECOND), NANOS_PER_SECOND) + "s";
    if (minutes == 0) {
      return seconds;
    }
    return (minutes < 60 ? "" : minutes / 60 + "h") + minutes % 60 + "m" + seconds;
  }

  private static String decimal(long value, long unit) {
    if (value % unit == 0) {
      return Long.toString(value / unit);
    }
    String fraction = Long.toString(unit + value % unit).substring(1).replaceAll("0+$", "");
    return value / unit + "." + fraction;
  }
}
