package io.hanse.cli.program;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.ContextInitializer;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.CoreConstants;
import ch.qos.logback.core.joran.spi.JoranException;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * Makes the logging library ready as {@link Logs} says. The start script names it: the library's
 * own way looks into every jar for who configures it and for versions, a tenth of all that a server
 * does until its first answer.
 */
public final class LogLibrary implements SLF4JServiceProvider {
  private final LoggerContext context = new LoggerContext();
  private final IMarkerFactory markers = new BasicMarkerFactory();
  private final LogbackMDCAdapter values = new LogbackMDCAdapter();

  @Override
  public void initialize() {
    context.setName(CoreConstants.DEFAULT_CONTEXT_NAME);
    context.setMDCAdapter(values);
    if (Logs.isLeftToLibrary()) {
      configureByLibrary();
    } else {
      Logs logs = new Logs();
      logs.setContext(context);
      logs.configure(context);
    }
    context.start();
    if (Logs.isOfServer()) {
      JavaLog.leadInto(context);
    }
  }

  private void configureByLibrary() {
    try {
      new ContextInitializer(context).autoConfig();
    } catch (JoranException e) {
      throw new IllegalStateException("logback.configurationFile can't be used", e);
    }
  }

  @Override
  public ILoggerFactory getLoggerFactory() {
    return context;
  }

  @Override
  public IMarkerFactory getMarkerFactory() {
    return markers;
  }

  @Override
  public MDCAdapter getMDCAdapter() {
    return values;
  }

  @Override
  public String getRequestedApiVersion() {
    return "2.0.99";
  }
}
