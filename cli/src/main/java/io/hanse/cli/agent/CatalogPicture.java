package io.hanse.cli.agent;

import io.hanse.fsm.row.AgentCheck;
import io.hanse.fsm.row.AgentService;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.DeregisterCatalog;
import io.hanse.fsm.row.HealthCheck;
import io.hanse.fsm.row.Node;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.row.RegisterCatalog;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Catalog;
import io.hanse.fsm.view.Health;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a catalog says, or should say, of one node: rows without indexes, and without what servers
 * keep there by themselves.
 */
record CatalogPicture(
    Node node, SortedMap<String, NodeService> services, SortedMap<String, HealthCheck> checks) {
  /** Of one command, a quarter of what it may have. */
  private static final int CHECK_BYTES_MAX = 256 << 10;

  static final CatalogPicture NOTHING =
      new CatalogPicture(Node.getDefaultInstance(), new TreeMap<>(), new TreeMap<>());

  /** What the catalog says. */
  static CatalogPicture of(View view, String node) {
    Catalog catalog = new Catalog(view);
    SortedMap<String, NodeService> services = new TreeMap<>();
    for (NodeService service : catalog.servicesOfNode("", node)) {
      if (!service.getId().equals(ServerHealth.SERVICE_ID)) {
        services.put(service.getId(), service.toBuilder().clearRaftIndex().build());
      }
    }
    SortedMap<String, HealthCheck> checks = new TreeMap<>();
    for (HealthCheck check : new Health(view).ofNode("", node)) {
      if (!check.getCheckId().equals(ServerHealth.CHECK_ID)) {
        checks.put(check.getCheckId(), check.toBuilder().clearRaftIndex().build());
      }
    }
    Node row = catalog.node("", node).orElse(Node.getDefaultInstance());
    return new CatalogPicture(row.toBuilder().clearRaftIndex().build(), services, checks);
  }

  /** What it should say. */
  static CatalogPicture of(AgentIdentity identity, LocalRegistry registry) {
    SortedMap<String, NodeService> services = new TreeMap<>();
    for (AgentService service : registry.services().values()) {
      services.put(service.getRow().getId(), service.getRow());
    }
    SortedMap<String, HealthCheck> checks = new TreeMap<>();
    for (AgentCheck check : registry.checks().values()) {
      checks.put(check.getRow().getCheckId(), check.getRow());
    }
    return new CatalogPicture(identity.row(), services, checks);
  }

  /**
   * The commands that lead from this picture to another one.
   *
   * @param outputs whether a check that only says something else is worth a command
   */
  List<Command> commandsTowards(CatalogPicture wanted, boolean outputs) {
    List<Command> commands = new ArrayList<>();
    if (!node.equals(wanted.node)) {
      // First, as all others name the node.
      commands.add(
          Command.newBuilder()
              .setRegister(RegisterCatalog.newBuilder().setNode(wanted.node))
              .build());
    }
    RegisterCatalog ofNode =
        RegisterCatalog.newBuilder()
            .setNode(Node.newBuilder().setNode(wanted.node.getNode()))
            .setSkipNodeUpdate(true)
            .build();
    SortedMap<String, List<HealthCheck>> byService = new TreeMap<>();
    for (NodeService service : wanted.services.values()) {
      if (!sameService(services.get(service.getId()), service)) {
        byService.put(service.getId(), new ArrayList<>());
      }
    }
    List<HealthCheck> loose = new ArrayList<>();
    for (HealthCheck check : wanted.checks.values()) {
      if (!sameCheck(checks.get(check.getCheckId()), check, outputs)) {
        byService.getOrDefault(check.getServiceId(), loose).add(check);
      }
    }
    for (NodeService service : wanted.services.values()) {
      List<HealthCheck> itsChecks = byService.get(service.getId());
      if (itsChecks != null) {
        register(ofNode.toBuilder().setService(service).build(), itsChecks, commands);
      }
    }
    if (!loose.isEmpty()) {
      register(ofNode, loose, commands);
    }
    removals(wanted, commands);
    return commands;
  }

  /**
   * In as many commands as the checks take: one that is too large is refused, and would be again.
   */
  private static void register(
      RegisterCatalog registration, List<HealthCheck> checks, List<Command> commands) {
    RegisterCatalog.Builder next = registration.toBuilder();
    int bytes = 0;
    for (HealthCheck check : checks) {
      int more = check.getSerializedSize();
      if (next.getChecksCount() > 0 && bytes + more > CHECK_BYTES_MAX) {
        commands.add(Command.newBuilder().setRegister(next).build());
        next = registration.toBuilder().clearService();
        bytes = 0;
      }
      next.addChecks(check);
      bytes += more;
    }
    commands.add(Command.newBuilder().setRegister(next).build());
  }

  private void removals(CatalogPicture wanted, List<Command> commands) {
    for (String id : services.keySet()) {
      if (!wanted.services.containsKey(id)) {
        commands.add(deregister(DeregisterCatalog.newBuilder().setServiceId(id)));
      }
    }
    for (HealthCheck check : checks.values()) {
      boolean goesWithService =
          services.containsKey(check.getServiceId())
              && !wanted.services.containsKey(check.getServiceId());
      if (!wanted.checks.containsKey(check.getCheckId()) && !goesWithService) {
        commands.add(deregister(DeregisterCatalog.newBuilder().setCheckId(check.getCheckId())));
      }
    }
  }

  private static boolean sameService(@Nullable NodeService old, NodeService wanted) {
    if (old == null) {
      return false;
    }
    NodeService.Builder kept = wanted.toBuilder();
    if (wanted.getEnableTagOverride()) {
      // Whoever changes the tags in the catalog is to keep them.
      kept.clearTags().addAllTags(old.getTagsList());
    }
    // The catalog gives mesh services an address of their own.
    old.getTaggedAddressesMap().entrySet().stream()
        .filter(each -> each.getKey().equals("consul-virtual"))
        .forEach(each -> kept.putTaggedAddresses(each.getKey(), each.getValue()));
    return old.equals(kept.build());
  }

  private static boolean sameCheck(@Nullable HealthCheck old, HealthCheck wanted, boolean outputs) {
    if (old == null) {
      return false;
    }
    return outputs
        ? old.equals(wanted)
        : old.toBuilder().clearOutput().build().equals(wanted.toBuilder().clearOutput().build());
  }

  private Command deregister(DeregisterCatalog.Builder which) {
    return Command.newBuilder().setDeregister(which.setNode(node.getNode())).build();
  }
}
