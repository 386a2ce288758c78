package io.hanse.cli.program;

import io.hanse.cli.agent.AgentAssembly;
import io.hanse.cli.client.Session;
import io.hanse.cli.config.AgentConfig;
import io.hanse.cli.config.AgentConfigReader;
import io.hanse.cli.config.ConfigException;
import io.hanse.cli.config.ConfigSource;
import io.hanse.cli.value.Value;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.LogManager;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Runs an agent until it is told to stop. Its flags are a table, {@link AgentFlags}. */
public final class AgentCommand implements Callable<Integer> {
  private final Session session;
  private final CommandSpec spec;

  public AgentCommand(Session session) {
    this.session = session;
    spec = CommandSpec.wrapWithoutInspection(this, new PlainFactory()).name("agent");
    spec.usageMessage().description("Runs a server of a cluster, or one to try things on: -dev.");
    spec.addOption(option("dev", AgentFlags.Kind.TRUTH, "One server in memory, on loopback."));
    spec.addOption(option("config-file", AgentFlags.Kind.TEXTS, "A file; may be repeated."));
    spec.addOption(option("config-dir", AgentFlags.Kind.TEXTS, "A directory of files."));
    spec.addOption(option("config-format", AgentFlags.Kind.TEXT, "hcl or json, for all files."));
    spec.addOption(option("hcl", AgentFlags.Kind.TEXTS, "A fragment of configuration."));
    for (AgentFlags.Flag flag : AgentFlags.ALL) {
      spec.addOption(option(flag.name(), flag.kind(), flag.description()));
    }
  }

  public CommandSpec spec() {
    return spec;
  }

  private static OptionSpec option(String name, AgentFlags.Kind kind, String description) {
    OptionSpec.Builder builder = OptionSpec.builder("-" + name).description(description);
    return switch (kind) {
      case TRUTH -> builder.type(boolean.class).arity("0").build();
      case TEXT, NUMBER -> builder.type(String.class).paramLabel("<value>").build();
      case TEXTS, PAIRS ->
          builder.type(List.class).auxiliaryTypes(String.class).paramLabel("<value>").build();
    };
  }

  @Override
  public Integer call() {
    loadBeside();
    KeptNames.keepBriefly();
    try {
      AgentConfig config = AgentConfigReader.read(sources());
      Logs.configure(config.logging());
      config.warnings().forEach(session::warn);
      config.pidFile().ifPresent(PidFile::write);
      return run(config);
    } catch (ConfigException e) {
      session.warn("==> " + e.getMessage());
      return 1;
    }
  }

  /**
   * The first use of the JDK's logging, which protobuf makes, looks into every jar, and waits for
   * nothing that is done meanwhile.
   */
  private static void loadBeside() {
    Thread thread = new Thread(LogManager::getLogManager, "preload");
    thread.setDaemon(true);
    thread.start();
  }

  private int run(AgentConfig config) {
    session.out().print(Banner.text(config));
    session.out().flush();
    // Before anything answers: who sees that the agent does may send the signal, which would end
    // it.
    CompletableFuture<AgentAssembly> started = new CompletableFuture<>();
    ProcessSignal.HUP.onEach(() -> started.thenAccept(AgentAssembly::reload));
    AtomicInteger exitCode = new AtomicInteger();
    LeaveAtSignal leave =
        new LeaveAtSignal(
            () -> Optional.ofNullable(started.getNow(null)).map(AgentAssembly::leave),
            LeaveAtSignal.PATIENCE,
            code -> {
              exitCode.set(code);
              Runtime.getRuntime().exit(code);
            });
    if (config.leaving().onInterrupt()) {
      ProcessSignal.INT.onEach(leave::heard);
    }
    if (config.leaving().onTerminate()) {
      ProcessSignal.TERM.onEach(leave::heard);
    }
    AgentAssembly agent;
    try {
      agent = AgentAssembly.start(config);
    } catch (IOException | RuntimeException e) {
      session.warn("==> " + Messages.of(e));
      return 1;
    }
    started.complete(agent);
    return Lifetime.runUntilStopped(
        () -> {
          agent.close();
          config.pidFile().ifPresent(PidFile::delete);
        },
        agent.left(),
        exitCode::get);
  }

  private AgentConfigReader.Sources sources() {
    List<String> files = new ArrayList<>(texts("config-file"));
    files.addAll(texts("config-dir"));
    List<ConfigSource> flags = new ArrayList<>();
    for (AgentFlags.Flag flag : AgentFlags.ALL) {
      OptionSpec option = spec.findOption("-" + flag.name());
      if (option.getValue() != null && !Boolean.FALSE.equals(option.getValue())) {
        flags.add(new ConfigSource(flag.key(), value(flag, option)));
      }
    }
    String format = spec.findOption("-config-format").getValue();
    return new AgentConfigReader.Sources(
        Boolean.TRUE.equals(spec.findOption("-dev").getValue()),
        files,
        format == null ? "" : format,
        flags,
        texts("hcl"),
        session.directory());
  }

  private List<String> texts(String flag) {
    List<String> texts = spec.findOption("-" + flag).getValue();
    return texts == null ? List.of() : texts;
  }

  private static Value value(AgentFlags.Flag flag, OptionSpec option) {
    return switch (flag.kind()) {
      case TRUTH -> Value.of(true);
      case TEXT, NUMBER -> Value.of(option.<String>getValue());
      case TEXTS -> Value.of(option.<List<String>>getValue());
      case PAIRS -> pairs(flag, option.getValue());
    };
  }

  private static Value pairs(AgentFlags.Flag flag, List<String> texts) {
    Map<String, String> map = new LinkedHashMap<>();
    for (String text : texts) {
      int colon = text.indexOf(':');
      if (colon < 0) {
        throw new ConfigException("-" + flag.name() + ": \"" + text + "\" is not key:value");
      }
      map.put(text.substring(0, colon), text.substring(colon + 1));
    }
    return Value.ofTexts(map);
  }
}
