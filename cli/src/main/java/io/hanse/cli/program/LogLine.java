package io.hanse.cli.program;

import ch.qos.logback.classic.pattern.TargetLengthBasedClassNameAbbreviator;
import ch.qos.logback.classic.pattern.ThrowableProxyConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.LayoutBase;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Map;
import java.util.TimeZone;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * What a program logs, as a line: local time with its offset, level, logger, message and, on lines
 * of their own, what was thrown. The library's patterns say the same, but look into every jar for
 * rules of time zones, at the first line of each process.
 */
final class LogLine extends LayoutBase<ILoggingEvent> {
  private static final int LOGGER_CHARS = 20;
  private static final int LINE_CHARS = 256;
  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder().appendPattern("uuuu-MM-dd'T'HH:mm:ss.SSS").toFormatter();
  private static final DateTimeFormatter OFFSET =
      new DateTimeFormatterBuilder().appendOffset("+HH:MM", "Z").toFormatter();

  private final TargetLengthBasedClassNameAbbreviator abbreviator =
      new TargetLengthBasedClassNameAbbreviator(LOGGER_CHARS);
  private final Map<String, String> names = new ConcurrentHashMap<>();
  private final ThrowableProxyConverter thrown = new ThrowableProxyConverter();
  private final TimeZone zone = TimeZone.getDefault();

  @Override
  public void start() {
    thrown.setContext(getContext());
    thrown.start();
    super.start();
  }

  @Override
  public String doLayout(ILoggingEvent event) {
    StringBuilder line = new StringBuilder(LINE_CHARS);
    appendTime(line, event.getTimeStamp());
    String level = event.getLevel().toString();
    line.append(' ').append(level).append(" ".repeat(Math.max(0, 5 - level.length()))).append(' ');
    return line.append(names.computeIfAbsent(event.getLoggerName(), abbreviator::abbreviate))
        .append(' ')
        .append(event.getFormattedMessage())
        .append(System.lineSeparator())
        .append(event.getThrowableProxy() == null ? "" : thrown.convert(event))
        .toString();
  }

  private void appendTime(StringBuilder line, long millis) {
    ZoneOffset offset = ZoneOffset.ofTotalSeconds(zone.getOffset(millis) / 1000);
    long nanos = TimeUnit.MILLISECONDS.toNanos(Math.floorMod(millis, 1000L));
    LocalDateTime time =
        LocalDateTime.ofEpochSecond(Math.floorDiv(millis, 1000L), (int) nanos, offset);
    TIME.formatTo(time, line);
    OFFSET.formatTo(offset, line);
  }
}
