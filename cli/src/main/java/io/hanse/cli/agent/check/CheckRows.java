package io.hanse.cli.agent.check;

import com.google.protobuf.Duration;
import io.hanse.fsm.row.AgentCheck;
import io.hanse.fsm.row.CheckType;
import io.hanse.fsm.row.HealthCheck;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.view.Maintenance;
import io.hanse.http.json.GoDuration;
import java.util.ArrayList;
import java.util.List;

/**
 * The rows that check definitions make: ids, names and first verdicts. Source: Consul's API, B.7.
 */
public final class CheckRows {
  private static final String CRITICAL = "critical";
  private static final String NO_REASON =
      "Maintenance mode is enabled for this %s, but no reason was provided. This is a default"
          + " message.";

  private CheckRows() {}

  /** Those that a service brings along. */
  public static List<AgentCheck> ofService(
      String node, NodeService service, List<CheckType> definitions) {
    List<AgentCheck> checks = new ArrayList<>();
    for (int i = 0; i < definitions.size(); i++) {
      CheckType definition = definitions.get(i);
      String id = definition.getCheckId();
      if (id.isEmpty()) {
        id = "service:" + service.getId() + (definitions.size() > 1 ? ":" + (i + 1) : "");
      }
      String name = definition.getName();
      if (name.isEmpty()) {
        name = "Service '" + service.getService() + "' check";
      }
      HealthCheck.Builder row = row(node, id, name, definition);
      row.setInterval(unlessZero(definition.getInterval()));
      row.setTimeout(unlessZero(definition.getTimeout()));
      if (CheckKind.of(definition) == CheckKind.ALIAS) {
        // Nothing is known against what it stands for.
        row.setStatus("passing").setOutput("No checks found.");
      }
      checks.add(
          AgentCheck.newBuilder().setDefinition(definition).setRow(attach(row, service)).build());
    }
    return checks;
  }

  /** One that is registered by itself, for a service or, without one, for the node. */
  public static AgentCheck single(String node, NodeService service, CheckType definition) {
    String id = definition.getCheckId().isEmpty() ? definition.getName() : definition.getCheckId();
    HealthCheck.Builder row = row(node, id, definition.getName(), definition);
    row.setInterval(GoDuration.format(definition.getInterval()));
    row.setTimeout(GoDuration.format(definition.getTimeout()));
    return AgentCheck.newBuilder().setDefinition(definition).setRow(attach(row, service)).build();
  }

  /**
   * One that takes the service, or without one the node, out of use.
   *
   * @param reason "" for none
   */
  public static AgentCheck ofMaintenance(String node, NodeService service, String reason) {
    boolean isOfNode = service.getId().isEmpty();
    String whose = isOfNode ? "node" : "service";
    HealthCheck.Builder row =
        HealthCheck.newBuilder()
            .setNode(node)
            .setCheckId(Maintenance.checkId(service.getId()))
            .setName((isOfNode ? "Node" : "Service") + " Maintenance Mode")
            .setStatus(CRITICAL)
            .setNotes(reason.isEmpty() ? NO_REASON.formatted(whose) : reason)
            .setType(CheckKind.MAINTENANCE.text());
    return AgentCheck.newBuilder().setRow(attach(row, service)).build();
  }

  private static HealthCheck.Builder row(
      String node, String id, String name, CheckType definition) {
    return HealthCheck.newBuilder()
        .setNode(node)
        .setCheckId(id)
        .setName(name)
        .setStatus(definition.getStatus().isEmpty() ? CRITICAL : definition.getStatus())
        .setNotes(definition.getNotes())
        .setType(CheckKind.of(definition).text());
  }

  private static HealthCheck.Builder attach(HealthCheck.Builder row, NodeService service) {
    return row.setServiceId(service.getId())
        .setServiceName(service.getService())
        .addAllServiceTags(service.getTagsList());
  }

  private static String unlessZero(Duration duration) {
    return CheckKind.isPositive(duration) ? GoDuration.format(duration) : "";
  }
}
