package io.hanse.cli.command;

import static io.hanse.cli.client.Failures.during;

import io.hanse.cli.client.CommandFailure;
import io.hanse.cli.client.Failures;
import io.hanse.cli.client.Request;
import io.hanse.cli.client.ServerFlags;
import io.hanse.cli.client.Session;
import io.hanse.cli.value.Value;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "usage",
    customSynopsis = "<subcommand> [options]",
    description = "Shows how much is registered.")
public final class OperatorUsageCommands {
  private final Session session;

  public OperatorUsageCommands(Session session) {
    this.session = session;
  }

  @Command(name = "instances", description = "Counts nodes, and the instances of services.")
  int instances(
      @Mixin ServerFlags server,
      @Option(names = "-billable", description = "Only those outside the mesh, and nodes.")
          boolean billable,
      @Option(names = "-connect", description = "Only those of the mesh, by kind.") boolean connect,
      @Option(names = "-all-datacenters", description = "Of all datacenters, with sums.")
          boolean all,
      @Parameters(hidden = true) @Nullable List<String> arguments) {
    Failures.requireNoArguments(arguments);
    if (billable && connect) {
      throw new CommandFailure("Cannot specify both -billable and -connect flags");
    }
    Request request = Request.get("/v1/operator/usage");
    Map<String, Value> usage =
        during(
            "Error fetching usage information",
            () ->
                server
                    .client(session)
                    .send(all ? request.with("global", "") : request)
                    .orFail()
                    .json()
                    .at("Usage")
                    .fields());
    UsageText text = new UsageText(usage, all);
    if (!connect) {
      session.out().print(text.billable());
    }
    if (!billable) {
      session.out().print(text.mesh());
    }
    return 0;
  }
}
