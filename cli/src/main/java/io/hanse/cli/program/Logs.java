package io.hanse.cli.program;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.LayoutBase;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import io.hanse.cli.config.AgentConfig;

/**
 * Says what programs log, and in which form. The logging library finds it by the service loader and
 * asks it when the first logger is made; to read a file of XML instead would be a tenth of all that
 * a server does until its first answer.
 */
public final class Logs extends ContextAwareBase implements Configurator {
  private static volatile String level = "WARN";
  private static volatile boolean isJson;

  /** Clients keep their output for answers. */
  private static volatile String target = "System.err";

  /** To be called before the first logger is made. */
  static void configure(AgentConfig.Logging logging) {
    level(logging.level());
    isJson = logging.json();
  }

  static void level(String wanted) {
    level = wanted;
    target = "System.out";
  }

  /** Whether this is a server or a proxy; a client command ends before a library says a word. */
  static boolean isOfServer() {
    return target.equals("System.out");
  }

  /** Whether a file says it all. */
  static boolean isLeftToLibrary() {
    return System.getProperty("logback.configurationFile") != null;
  }

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    if (isLeftToLibrary()) {
      return ExecutionStatus.INVOKE_NEXT_IF_ANY;
    }
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.addAppender(console(context));
    configureLevels(context);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  static ConsoleAppender<ILoggingEvent> console(LoggerContext context) {
    ConsoleAppender<ILoggingEvent> out = new ConsoleAppender<>();
    out.setContext(context);
    out.setName("out");
    out.setTarget(target);
    out.setEncoder(encoder(context));
    if (!isTold(Level.toLevel(level, Level.WARN))) {
      OrdinaryTrouble ordinary = new OrdinaryTrouble();
      ordinary.start();
      out.addFilter(ordinary);
    }
    WarmUpLines practice = new WarmUpLines();
    practice.start();
    out.addFilter(practice);
    out.start();
    return out;
  }

  private static boolean isTold(Level own) {
    return !own.isGreaterOrEqual(Level.INFO);
  }

  static void configureLevels(LoggerContext context) {
    context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).setLevel(Level.WARN);
    Level own = Level.toLevel(level, Level.WARN);
    context.getLogger("io.hanse").setLevel(own);
    // A name that is not found is told by who dials it, in a line, with what it was wanted for.
    Level channels = own.isGreaterOrEqual(Level.INFO) ? Level.ERROR : Level.WARN;
    for (String library : new String[] {"", "org.apache.ratis.thirdparty."}) {
      context.getLogger(library + "io.grpc.internal.ManagedChannelImpl").setLevel(channels);
    }
    // What an election was like; the library speaks of trouble only, else. Who leads we say.
    Level elections = isTold(own) ? Level.INFO : Level.WARN;
    context.getLogger("org.apache.ratis.server.RaftServer$Division").setLevel(elections);
    context.getLogger("org.apache.ratis.server.impl.LeaderElection").setLevel(elections);
    // While a peer is down it would say so with each message.
    context.getLogger("org.apache.ratis.grpc.server.GrpcLogAppender").setLevel(Level.ERROR);
    context.getLogger("org.apache.ratis.util.JvmPauseMonitor").setLevel(Level.ERROR);
  }

  private static LayoutWrappingEncoder<ILoggingEvent> encoder(LoggerContext context) {
    LayoutBase<ILoggingEvent> line = isJson ? new JsonLine() : new LogLine();
    line.setContext(context);
    line.start();
    LayoutWrappingEncoder<ILoggingEvent> lines = new LayoutWrappingEncoder<>();
    lines.setContext(context);
    lines.setLayout(line);
    lines.start();
    return lines;
  }
}
