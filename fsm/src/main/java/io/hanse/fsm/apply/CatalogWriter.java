package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.Refusals.invalid;
import static io.hanse.fsm.apply.Refusals.requireNames;

import io.hanse.fsm.config.MetaRules;
import io.hanse.fsm.config.ProxyRules;
import io.hanse.fsm.row.HealthCheck;
import io.hanse.fsm.row.Node;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.row.ServiceAddress;
import io.hanse.fsm.row.ServiceInstance;
import io.hanse.fsm.row.Weights;
import io.hanse.fsm.store.TableId;
import io.hanse.fsm.store.Transaction;
import io.hanse.fsm.view.Keys;
import io.hanse.fsm.view.NodeIds;
import io.hanse.fsm.view.ServiceKinds;
import io.hanse.fsm.view.Tables;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes nodes, instances and checks of one peer, or of this cluster, and keeps them consistent: an
 * instance has a node, a check has what it checks, and nothing outlives what it stands on.
 */
final class CatalogWriter {
  private static final String SERF_HEALTH = "serfHealth";
  private static final String CRITICAL = "critical";

  private final Transaction rows;
  private final String peer;
  private final SessionWriter sessions;
  private final VirtualIps virtualIps;

  /** The node that was written last: it is there, under just that name. */
  private String knownNode = "";

  /** The instance that was written last. */
  private @Nullable ServiceInstance knownInstance;

  /** A peer of "" means this cluster. */
  CatalogWriter(Transaction rows, String peer) {
    this.rows = rows;
    this.peer = peer;
    virtualIps = new VirtualIps(rows);
    sessions = new SessionWriter(rows, this);
  }

  /** Of this cluster, on behalf of the sessions that end with what is written. */
  CatalogWriter(Transaction rows, SessionWriter sessions) {
    this.rows = rows;
    this.peer = "";
    this.sessions = sessions;
    virtualIps = new VirtualIps(rows);
  }

  Optional<Node> node(String name) {
    return Tables.NODES.get(rows, Keys.node(peer, name));
  }

  /** How the name of a node is stored; it is looked for without case. */
  private Optional<String> storedName(String node) {
    return !node.isEmpty() && node.equals(knownNode)
        ? Optional.of(node)
        : node(node).map(Node::getNode);
  }

  boolean hasInstance(String node, String serviceId) {
    return service(node, serviceId).isPresent();
  }

  /** An instance, as far as checks take something from it. */
  private Optional<NodeService> service(String node, String id) {
    ServiceInstance known = knownInstance;
    return known != null && known.getNode().equals(node) && known.getService().getId().equals(id)
        ? Optional.of(known.getService())
        : instance(node, id).map(ServiceInstance::getService);
  }

  Optional<ServiceInstance> instance(String node, String serviceId) {
    return Tables.SERVICES.get(rows, Keys.instance(peer, node, serviceId));
  }

  /**
   * Writes a node; one that has its id under another name is renamed: it loses what was registered
   * on it, but not the index at which it was made.
   */
  void putNode(Node node) {
    requireNames(node.getNode());
    Optional<String> flaw = NodeIds.flaw(node.getId());
    if (flaw.isPresent()) {
      throw invalid(
          "failed inserting node: node lookup failed: node lookup by ID failed: index error: "
              + flaw.get());
    }
    boolean isAsStored = node.getPeerName().equals(peer) && node.getPartition().isEmpty();
    Node row = isAsStored ? node : node.toBuilder().setPeerName(peer).clearPartition().build();
    Optional<Node> renamed = node.getId().isEmpty() ? Optional.empty() : underAnotherName(node);
    if (!node.getId().isEmpty()) {
      requireFreeName(node, renamed.isPresent());
    }
    if (renamed.isPresent()) {
      removeNode(renamed.get().getNode());
      Tables.NODES.putSuccessor(rows, row, renamed.get());
    } else {
      Tables.NODES.put(rows, row);
    }
    knownNode = row.getNode();
  }

  private Optional<Node> underAnotherName(Node node) {
    return Tables.NODES.listBy(rows, TableId.NODES_BY_ID, Keys.nodeId(peer, node.getId())).stream()
        .filter(other -> !sameName(other.getNode(), node.getNode()))
        .findFirst();
  }

  private void requireFreeName(Node node, boolean isRenamed) {
    Optional<Node> holder = node(node.getNode());
    if (holder.isEmpty() || holder.get().getId().equalsIgnoreCase(node.getId())) {
      return;
    }
    // Whoever has no id yet is given one, unless two nodes would become one by it.
    boolean takesId = holder.get().getId().isEmpty() && !isRenamed;
    if (!takesId && !isDown(holder.get())) {
      throw invalid(
          String.format(
              Locale.ROOT,
              "failed inserting node: Error while renaming Node ID: \"%s\"%s: Node name %s is"
                  + " reserved by node %s with name %s (%s)",
              node.getId(),
              isRenamed ? " (" + node.getAddress() + ")" : "",
              node.getNode(),
              holder.get().getId(),
              holder.get().getNode(),
              holder.get().getAddress()));
    }
  }

  /** A node that no agent answers for can be replaced by one that has its name. */
  private boolean isDown(Node node) {
    return Tables.CHECKS
        .get(rows, Keys.check(peer, node.getNode(), SERF_HEALTH))
        .map(check -> check.getStatus().equals(CRITICAL))
        .orElse(true);
  }

  private static boolean sameName(String one, String other) {
    return Keys.fold(one).equals(Keys.fold(other));
  }

  void putInstance(String nodeName, NodeService service) {
    requireNamesIn(service);
    putInstanceOn(
        storedName(nodeName)
            .orElseThrow(() -> invalid("failed inserting service: Missing node registration")),
        service);
  }

  private static void requireNamesIn(NodeService service) {
    requireNames(
        service.getId(),
        service.getService(),
        service.getKind(),
        service.getProxy().getDestinationServiceName());
    service.getTagsList().forEach(Refusals::requireName);
  }

  /**
   * @param node as it is stored
   */
  private void putInstanceOn(String node, NodeService service) {
    NodeService.Builder builder = service.toBuilder().setPeerName(peer);
    if (builder.getId().isEmpty()) {
      builder.setId(builder.getService());
    }
    if (!builder.hasWeights()) {
      builder.setWeights(Weights.newBuilder().setPassing(1).setWarning(1));
    }
    Optional<String> flaw =
        MetaRules.strict(service.getMetaMap(), ProxyRules.isGateway(service.getKind()));
    if (flaw.isPresent()) {
      throw invalid(
          String.format(
              Locale.ROOT,
              "failed inserting service: Invalid Service Meta for node %s and serviceID %s: %s",
              node,
              builder.getId(),
              flaw.get()));
    }
    ServiceKinds.destinationOf(service)
        .ifPresent(
            destination ->
                builder.putTaggedAddresses(
                    VirtualIps.TAG,
                    ServiceAddress.newBuilder()
                        .setAddress(virtualIps.assign(peer, destination))
                        .setPort(service.getPort())
                        .build()));
    ServiceInstance instance =
        ServiceInstance.newBuilder().setNode(node).setService(builder).build();
    ServiceInstance old = Tables.SERVICES.write(rows, instance).old();
    knownInstance = instance;
    // A new one has no checks yet: none outlives its instance.
    if (old != null) {
      boolean tellsChecksTheSame = isSameToChecks(old, instance);
      // One that stays critical is written again for what it does to sessions.
      if (!tellsChecksTheSame || (peer.isEmpty() && sessions.areOn(node))) {
        for (HealthCheck check : checksOf(node, builder.getId())) {
          if (!tellsChecksTheSame || check.getStatus().equals(CRITICAL)) {
            putCheck(node, check);
          }
        }
      }
      releaseAddresses(old);
    }
  }

  /** Whether checks take the same from both: their rows name node, service and tags. */
  private static boolean isSameToChecks(ServiceInstance old, ServiceInstance now) {
    return old.getNode().equals(now.getNode())
        && old.getService().getService().equals(now.getService().getService())
        && old.getService().getTagsList().equals(now.getService().getTagsList());
  }

  /** Those that an instance, as it was, had a part in. */
  private void releaseAddresses(ServiceInstance gone) {
    NodeService service = gone.getService();
    virtualIps.release(peer, service.getService());
    ServiceKinds.destinationOf(service)
        .ifPresent(destination -> virtualIps.release(peer, destination));
  }

  void putCheck(String nodeName, HealthCheck check) {
    String node =
        storedName(nodeName)
            .orElseThrow(
                () ->
                    invalid(
                        "failed inserting check on node \""
                            + nodeName
                            + "\": Missing node registration"));
    requireNames(check.getCheckId(), check.getName(), check.getServiceId(), check.getStatus());
    HealthCheck.Builder builder =
        check.toBuilder().setNode(node).setPeerName(peer).clearServiceName();
    builder.clearServiceTags();
    if (builder.getCheckId().isEmpty()) {
      builder.setCheckId(builder.getName());
    }
    if (builder.getCheckId().isEmpty()) {
      throw invalid(
          "failed inserting check on node \""
              + node
              + "\": failed health check lookup: index error: object is missing a value for this"
              + " index");
    }
    if (builder.getStatus().isEmpty()) {
      builder.setStatus(CRITICAL);
    }
    if (!builder.getServiceId().isEmpty()) {
      NodeService service =
          service(node, builder.getServiceId())
              .orElseThrow(
                  () ->
                      invalid(
                          "failed inserting check on node \""
                              + node
                              + "\": Missing service registration"));
      builder.setServiceName(service.getService()).addAllServiceTags(service.getTagsList());
    }
    Tables.CHECKS.put(rows, builder.build());
    if (builder.getStatus().equals(CRITICAL)) {
      checkFailed(node, builder.getCheckId());
    }
  }

  /** Sessions stand on checks of this cluster only. */
  private void checkFailed(String node, String checkId) {
    if (peer.isEmpty()) {
      sessions.checkFailed(node, checkId);
    }
  }

  /** The checks of an instance; of the node itself for a service id of "". */
  List<HealthCheck> checksOf(String node, String serviceId) {
    return Tables.CHECKS.listBy(
        rows, TableId.CHECKS_BY_INSTANCE, Keys.instance(peer, node, serviceId));
  }

  boolean hasInstances(String node) {
    return rows.hasAny(TableId.SERVICES, Keys.node(peer, node));
  }

  void removeCheck(String node, String checkId) {
    if (Tables.CHECKS.remove(rows, Keys.check(peer, node, checkId))) {
      checkFailed(node, checkId);
    }
  }

  void removeInstance(String node, String serviceId) {
    checksOf(node, serviceId).forEach(check -> removeCheck(node, check.getCheckId()));
    instance(node, serviceId).ifPresent(this::remove);
  }

  private void remove(ServiceInstance instance) {
    knownInstance = null;
    Tables.SERVICES.remove(
        rows, Keys.instance(peer, instance.getNode(), instance.getService().getId()));
    releaseAddresses(instance);
  }

  void removeNode(String node) {
    knownNode = "";
    for (HealthCheck check : Tables.CHECKS.list(rows, Keys.node(peer, node))) {
      removeCheck(node, check.getCheckId());
    }
    Tables.SERVICES.list(rows, Keys.node(peer, node)).forEach(this::remove);
    if (Tables.NODES.remove(rows, Keys.node(peer, node)) && peer.isEmpty()) {
      sessions.nodeGone(node);
      CoordinateApplier.nodeGone(rows, node);
    }
  }

  /**
   * Removes rows of a node, at most so many, itself when it has no others. Instances go before
   * their checks, without which they would seem healthy.
   *
   * @return how many there were
   */
  int removeSome(String node, int rowsMax) {
    List<ServiceInstance> instances = Tables.SERVICES.first(rows, Keys.node(peer, node), rowsMax);
    instances.forEach(this::remove);
    List<HealthCheck> checks =
        Tables.CHECKS.first(rows, Keys.node(peer, node), rowsMax - instances.size());
    checks.forEach(check -> removeCheck(node, check.getCheckId()));
    int removed = instances.size() + checks.size();
    if (removed == rowsMax) {
      return removed;
    }
    removeNode(node);
    return removed + 1;
  }
}
