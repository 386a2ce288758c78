package io.hanse.cli.program;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.TimeZone;

/**
 * The local time of a logged line, with its offset, as of RFC 3339. A {@code ZoneId} says the same,
 * but looks into every jar for rules of time zones, at the first line of each process.
 */
final class LogTime {
  private static final DateTimeFormatter OFFSET =
      new DateTimeFormatterBuilder().appendOffset("+HH:MM", "Z").toFormatter();

  private final DateTimeFormatter time;
  private final TimeZone zone = TimeZone.getDefault();

  /**
   * A form of the time.
   *
   * @param fraction how much is told of a second, as a pattern: {@code SSS} for milliseconds
   */
  LogTime(String fraction) {
    time =
        new DateTimeFormatterBuilder()
            .appendPattern("uuuu-MM-dd'T'HH:mm:ss." + fraction)
            .toFormatter();
  }

  void appendTo(StringBuilder line, Instant instant) {
    ZoneOffset offset = ZoneOffset.ofTotalSeconds(zone.getOffset(instant.toEpochMilli()) / 1000);
    time.formatTo(
        LocalDateTime.ofEpochSecond(instant.getEpochSecond(), instant.getNano(), offset), line);
    OFFSET.formatTo(offset, line);
  }
}
