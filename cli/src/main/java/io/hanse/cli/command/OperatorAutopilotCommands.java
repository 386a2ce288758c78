package io.hanse.cli.command;

import static io.hanse.cli.client.Failures.during;

import io.hanse.cli.client.CommandFailure;
import io.hanse.cli.client.Request;
import io.hanse.cli.client.ServerFlags;
import io.hanse.cli.client.Session;
import io.hanse.cli.value.JsonText;
import io.hanse.cli.value.Value;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "autopilot",
    customSynopsis = "<subcommand> [options]",
    description = "Shows and changes how the servers keep themselves in order.")
public final class OperatorAutopilotCommands {
  private static final String CONFIGURATION = "/v1/operator/autopilot/configuration";
  private static final List<String> PLAIN =
      List.of(
          "CleanupDeadServers",
          "LastContactThreshold",
          "MaxTrailingLogs",
          "MinQuorum",
          "ServerStabilizationTime");

  private final Session session;

  public OperatorAutopilotCommands(Session session) {
    this.session = session;
  }

  @Command(name = "get-config", description = "Shows the configuration.")
  int getConfig(@Mixin ServerFlags server) {
    Value configuration = configuration(server);
    for (String key : PLAIN) {
      session.print(key + " = " + text(configuration.at(key)));
    }
    session.print("RedundancyZoneTag = " + quoted(configuration.at("RedundancyZoneTag")));
    session.print("DisableUpgradeMigration = " + text(configuration.at("DisableUpgradeMigration")));
    session.print("UpgradeVersionTag = " + quoted(configuration.at("UpgradeVersionTag")));
    return 0;
  }

  private Value configuration(ServerFlags server) {
    return during(
        "Error querying Autopilot configuration",
        () -> server.client(session).get(CONFIGURATION).orFail().json());
  }

  private static String text(Value value) {
    return value instanceof Value.Truth truth ? String.valueOf(truth.value()) : value.text();
  }

  private static String quoted(Value value) {
    return JsonText.compact(value);
  }

  @Command(name = "set-config", description = "Changes what is given, and leaves the rest.")
  int setConfig(
      @Mixin ServerFlags server,
      @Option(
              names = "-cleanup-dead-servers",
              paramLabel = "<true|false>",
              arity = "0..1",
              description = "Whether to take dead servers out.")
          @Nullable Boolean cleanup,
      @Option(
              names = "-max-trailing-logs",
              paramLabel = "<count>",
              description = "How far a healthy server may be behind.")
          @Nullable Long maxTrailingLogs,
      @Option(
              names = "-min-quorum",
              paramLabel = "<count>",
              description = "With no more servers none is taken out.")
          @Nullable Long minQuorum,
      @Option(
              names = "-last-contact-threshold",
              paramLabel = "<duration>",
              description = "How long without the leader.")
          @Nullable String lastContact,
      @Option(
              names = "-server-stabilization-time",
              paramLabel = "<duration>",
              description = "Healthy so long before voting.")
          @Nullable String stabilization,
      @Option(
              names = "-redundancy-zone-tag",
              paramLabel = "<tag>",
              description = "Kept, without effect.")
          @Nullable String zoneTag,
      @Option(
              names = "-disable-upgrade-migration",
              paramLabel = "<true|false>",
              arity = "0..1",
              description = "Kept, without effect.")
          @Nullable Boolean disableMigration,
      @Option(
              names = "-upgrade-version-tag",
              paramLabel = "<tag>",
              description = "Kept, without effect.")
          @Nullable String versionTag) {
    Value seen = configuration(server);
    Map<String, Value> wanted = new LinkedHashMap<>(seen.fields());
    put(wanted, "CleanupDeadServers", cleanup == null ? null : Value.of(cleanup));
    put(wanted, "MaxTrailingLogs", maxTrailingLogs == null ? null : Value.of(maxTrailingLogs));
    put(wanted, "MinQuorum", minQuorum == null ? null : Value.of(minQuorum));
    put(wanted, "LastContactThreshold", lastContact == null ? null : Value.of(lastContact));
    put(wanted, "ServerStabilizationTime", stabilization == null ? null : Value.of(stabilization));
    put(wanted, "RedundancyZoneTag", zoneTag == null ? null : Value.of(zoneTag));
    put(
        wanted,
        "DisableUpgradeMigration",
        disableMigration == null ? null : Value.of(disableMigration));
    put(wanted, "UpgradeVersionTag", versionTag == null ? null : Value.of(versionTag));
    Request request =
        Request.put(CONFIGURATION)
            .with("cas", seen.at("ModifyIndex").text())
            .with(new Value.Fields(wanted));
    boolean done =
        during(
            "Error setting Autopilot configuration",
            () -> server.client(session).send(request).orFail().isTrue());
    if (!done) {
      throw new CommandFailure("Configuration could not be atomically updated, please try again");
    }
    session.print("Configuration updated!");
    return 0;
  }

  private static void put(Map<String, Value> wanted, String key, @Nullable Value value) {
    if (value != null) {
      wanted.put(key, value);
    }
  }

  @Command(name = "state", description = "Shows how the servers are.")
  int state(
      @Mixin ServerFlags server,
      @Option(
              names = "-format",
              defaultValue = "pretty",
              paramLabel = "pretty|json",
              description = "pretty or json.")
          String format) {
    if (!format.equals("pretty") && !format.equals("json")) {
      throw new CommandFailure("Unknown format: " + format);
    }
    Value state =
        during(
            "Error querying Autopilot state",
            () -> server.client(session).get("/v1/operator/autopilot/state").orFail().json());
    if (format.equals("json")) {
      session.print(JsonText.pretty(state, "    "));
      return 0;
    }
    session.print("Healthy:                      " + text(state.at("Healthy")));
    session.print("Failure Tolerance:            " + text(state.at("FailureTolerance")));
    session.print("Optimistic Failure Tolerance: " + text(state.at("OptimisticFailureTolerance")));
    session.print("Leader:                       " + text(state.at("Leader")));
    session.print("Voters:");
    state.at("Voters").items().forEach(voter -> session.print("   " + voter.text()));
    session.print("Servers:");
    new TreeMap<>(state.at("Servers").fields()).values().forEach(this::printServer);
    session.print("");
    return 0;
  }

  private void printServer(Value server) {
    session.print("   " + server.at("ID").text());
    session.print("      Name:            " + server.at("Name").text());
    session.print("      Address:         " + server.at("Address").text());
    session.print("      Version:         " + server.at("Version").text());
    session.print("      Status:          " + server.at("Status").text());
    session.print("      Node Type:       " + server.at("NodeType").text());
    session.print("      Node Status:     " + server.at("NodeStatus").text());
    session.print("      Healthy:         " + text(server.at("Healthy")));
    session.print("      Last Contact:    " + server.at("LastContact").text());
    session.print("      Last Term:       " + server.at("LastTerm").text());
    session.print("      Last Index:      " + server.at("LastIndex").text());
    Map<String, Value> meta = new TreeMap<>(server.at("Meta").fields());
    if (!meta.isEmpty()) {
      session.print("      Meta");
      meta.forEach(
          (key, value) ->
              session.print("         " + quoted(Value.of(key)) + ": " + quoted(value)));
    }
  }
}
