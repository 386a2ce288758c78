package io.hanse.cli.program;

import static io.hanse.cli.client.Failures.arguments;

import io.hanse.cli.client.CommandFailure;
import io.hanse.cli.client.Session;
import io.hanse.cli.config.AgentConfig;
import io.hanse.cli.config.AgentConfigReader;
import io.hanse.cli.config.ConfigException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Reads a configuration by the loader that the agent itself has, and leaves it at that. */
@Command(
    name = "validate",
    description = {
      "Checks configuration files, and directories of them, as an agent would read them.",
      "Nothing is started, and no server is asked. All files that the agent is to be given belong"
          + " in one call. Ends with 1 where an agent would not start with them.",
      "%nExample: hanse validate /etc/hanse.d"
    })
public final class ValidateCommand implements Callable<Integer> {
  private static final List<String> FORMATS = List.of("", "hcl", "json");

  private final Session session;

  @Option(
      names = "-config-format",
      defaultValue = "",
      paramLabel = "<format>",
      description = "hcl or json, for all files; by their endings by default.")
  private String format = "";

  @Option(names = "-quiet", description = "Says nothing where all is well.")
  private boolean quiet;

  @Parameters(paramLabel = "FILE_OR_DIRECTORY")
  private @Nullable List<String> positional;

  public ValidateCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    List<String> files = arguments(positional);
    if (files.isEmpty()) {
      throw new CommandFailure("Must specify at least one config file or directory");
    }
    if (!FORMATS.contains(format)) {
      throw new CommandFailure("-config-format must be either 'hcl' or 'json");
    }
    AgentConfig config;
    try {
      config =
          AgentConfigReader.read(
              new AgentConfigReader.Sources(
                  false, files, format, List.of(), List.of(), session.directory()));
    } catch (ConfigException e) {
      throw new CommandFailure("Config validation failed: " + e.getMessage());
    }
    if (!quiet) {
      config.warnings().forEach(session::warn);
      session.print("Configuration is valid!");
    }
    return 0;
  }
}
