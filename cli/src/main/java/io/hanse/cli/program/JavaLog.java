package io.hanse.cli.program;

import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import org.slf4j.ILoggerFactory;
import org.slf4j.spi.LocationAwareLogger;

/**
 * Leads what libraries write to the log of the Java library into the program's own: one form, one
 * place for levels. Java's own handler is taken away.
 */
final class JavaLog extends Handler {
  private final ILoggerFactory loggers;
  private final Formatter text =
      new Formatter() {
        @Override
        public String format(LogRecord logged) {
          return formatMessage(logged);
        }
      };

  private JavaLog(ILoggerFactory loggers) {
    this.loggers = loggers;
  }

  static void leadInto(ILoggerFactory loggers) {
    LogManager.getLogManager().reset();
    LogManager.getLogManager().getLogger("").addHandler(new JavaLog(loggers));
  }

  @Override
  public void publish(LogRecord logged) {
    String name = logged.getLoggerName() == null ? "java" : logged.getLoggerName();
    if (loggers.getLogger(name) instanceof LocationAwareLogger logger) {
      logger.log(
          null,
          JavaLog.class.getName(),
          level(logged),
          text.format(logged),
          null,
          logged.getThrown());
    }
  }

  private static int level(LogRecord logged) {
    int level = logged.getLevel().intValue();
    if (level >= Level.SEVERE.intValue()) {
      return LocationAwareLogger.ERROR_INT;
    } else if (level >= Level.WARNING.intValue()) {
      return LocationAwareLogger.WARN_INT;
    } else if (level >= Level.INFO.intValue()) {
      return LocationAwareLogger.INFO_INT;
    }
    return level >= Level.FINE.intValue()
        ? LocationAwareLogger.DEBUG_INT
        : LocationAwareLogger.TRACE_INT;
  }

  @Override
  public void flush() {
    // Nothing is held back.
  }

  @Override
  public void close() {
    // The program's own log lives longer.
  }
}
