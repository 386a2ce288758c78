package io.hanse.cli;

import io.hanse.cli.client.Session;
import io.hanse.cli.command.CatalogCommands;
import io.hanse.cli.command.ConfigCommands;
import io.hanse.cli.command.ConnectCaCommands;
import io.hanse.cli.command.ConnectCommands;
import io.hanse.cli.command.DebugCommands;
import io.hanse.cli.command.IntentionCommands;
import io.hanse.cli.command.KeygenCommand;
import io.hanse.cli.command.KeyringCommand;
import io.hanse.cli.command.KvCommands;
import io.hanse.cli.command.LeaveCommand;
import io.hanse.cli.command.MaintCommand;
import io.hanse.cli.command.MembersCommand;
import io.hanse.cli.command.OperatorAutopilotCommands;
import io.hanse.cli.command.OperatorCommands;
import io.hanse.cli.command.OperatorQuotaCommands;
import io.hanse.cli.command.OperatorRaftCommands;
import io.hanse.cli.command.OperatorUsageCommands;
import io.hanse.cli.command.PeeringCommands;
import io.hanse.cli.command.PeeringExplainCommand;
import io.hanse.cli.command.PeeringTokenCommands;
import io.hanse.cli.command.ReloadCommand;
import io.hanse.cli.command.ServicesCommands;
import io.hanse.cli.command.SnapshotCommands;
import io.hanse.cli.command.VersionCommand;
import io.hanse.cli.demo.DemoCommand;
import io.hanse.cli.program.AgentCommand;
import io.hanse.cli.program.EnvoyCommand;
import io.hanse.cli.program.GatewayCommand;
import io.hanse.cli.program.SidecarCommand;
import io.hanse.cli.program.ValidateCommand;
import java.util.List;
import java.util.Set;

/**
 * The table of commands and groups by their path. A name costs nothing until its command is made.
 */
final class Commands {
  static final List<String> NAMES =
      List.of(
          "agent",
          "catalog",
          "completion",
          "config",
          "connect",
          "connect ca",
          "connect envoy",
          "connect proxy",
          "debug",
          "demo",
          "gateway",
          "intention",
          "keygen",
          "keyring",
          "kv",
          "leave",
          "maint",
          "members",
          "operator",
          "operator autopilot",
          "operator quota",
          "operator raft",
          "operator usage",
          "peering",
          "peering explain",
          "peering token",
          "proxy",
          "reload",
          "services",
          "snapshot",
          "validate",
          "version");

  /** Spellings that help does not list. */
  private static final Set<String> ALIASES = Set.of("peerings");

  private Commands() {}

  static boolean exists(String path) {
    return NAMES.contains(path) || ALIASES.contains(path);
  }

  static Object create(String path, Session session) {
    return switch (path) {
      case "agent" -> new AgentCommand(session).spec();
      case "catalog" -> new CatalogCommands(session);
      case "completion" -> new CompletionCommand(session);
      case "config" -> new ConfigCommands(session);
      case "connect" -> new ConnectCommands();
      case "connect ca" -> new ConnectCaCommands(session);
      case "connect envoy" -> new EnvoyCommand(session);
      case "connect proxy", "proxy" -> new SidecarCommand(session);
      case "debug" -> new DebugCommands(session);
      case "demo" -> new DemoCommand(session);
      case "gateway" -> new GatewayCommand(session);
      case "intention" -> new IntentionCommands(session);
      case "keygen" -> new KeygenCommand(session);
      case "keyring" -> new KeyringCommand(session);
      case "kv" -> new KvCommands(session);
      case "leave" -> new LeaveCommand(session);
      case "maint" -> new MaintCommand(session);
      case "members" -> new MembersCommand(session);
      case "operator" -> new OperatorCommands();
      case "operator autopilot" -> new OperatorAutopilotCommands(session);
      case "operator quota" -> new OperatorQuotaCommands(session);
      case "operator raft" -> new OperatorRaftCommands(session);
      case "operator usage" -> new OperatorUsageCommands(session);
      case "peering", "peerings" -> new PeeringCommands(session);
      case "peering explain" -> new PeeringExplainCommand(session);
      case "peering token" -> new PeeringTokenCommands(session);
      case "reload" -> new ReloadCommand(session);
      case "services" -> new ServicesCommands(session);
      case "snapshot" -> new SnapshotCommands(session);
      case "validate" -> new ValidateCommand(session);
      case "version" -> new VersionCommand(session);
      default -> throw new IllegalArgumentException("no command \"" + path + "\"");
    };
  }

  /** The groups and commands directly below a path; "" is the root. */
  static List<String> below(String path) {
    String prefix = path.isEmpty() ? "" : path + " ";
    return NAMES.stream()
        .filter(name -> name.startsWith(prefix))
        .map(name -> name.substring(prefix.length()))
        .filter(name -> !name.contains(" "))
        .toList();
  }
}
