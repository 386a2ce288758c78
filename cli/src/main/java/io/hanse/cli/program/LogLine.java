package io.hanse.cli.program;

import ch.qos.logback.classic.pattern.TargetLengthBasedClassNameAbbreviator;
import ch.qos.logback.classic.pattern.ThrowableProxyConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.LayoutBase;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What a program logs, as a line: local time with its offset, level, logger, message and, on lines
 * of their own, what was thrown. The library's patterns say the same, but look into every jar for
 * rules of time zones, at the first line of each process.
 */
final class LogLine extends LayoutBase<ILoggingEvent> {
  private static final int LOGGER_CHARS = 20;
  private static final int LINE_CHARS = 256;

  private final TargetLengthBasedClassNameAbbreviator abbreviator =
      new TargetLengthBasedClassNameAbbreviator(LOGGER_CHARS);
  private final Map<String, String> names = new ConcurrentHashMap<>();
  private final ThrowableProxyConverter thrown = new ThrowableProxyConverter();
  private final LogTime time = new LogTime("SSS");

  @Override
  public void start() {
    thrown.setContext(getContext());
    thrown.start();
    super.start();
  }

  @Override
  public String doLayout(ILoggingEvent event) {
    StringBuilder line = new StringBuilder(LINE_CHARS);
    time.appendTo(line, event.getInstant());
    String level = event.getLevel().toString();
    line.append(' ').append(level).append(" ".repeat(Math.max(0, 5 - level.length()))).append(' ');
    return line.append(names.computeIfAbsent(event.getLoggerName(), abbreviator::abbreviate))
        .append(' ')
        .append(event.getFormattedMessage())
        .append(System.lineSeparator())
        .append(event.getThrowableProxy() == null ? "" : thrown.convert(event))
        .toString();
  }
}
