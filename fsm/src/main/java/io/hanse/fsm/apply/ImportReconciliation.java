package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.Refusals.invalid;

import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.row.HealthCheck;
import io.hanse.fsm.row.InstanceName;
import io.hanse.fsm.row.Node;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.row.ServiceInstance;
import io.hanse.fsm.store.Key;
import io.hanse.fsm.store.TableId;
import io.hanse.fsm.store.Transaction;
import io.hanse.fsm.view.Keys;
import io.hanse.fsm.view.Tables;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Makes what is stored of services of a peer equal to what the peer says they are now: one object
 * for all services of a command, since most of them stand on the same nodes.
 */
final class ImportReconciliation {
  /** One node of what the peer sent; names and ids are folded. */
  private static final class SentNode {
    final Node node;
    final Map<String, NodeService> services = new TreeMap<>();
    final Map<String, HealthCheck> checks = new TreeMap<>();

    SentNode(Node node) {
      this.node = node;
    }
  }

  /** A node as it was sent, and the stamp that its row got by it. */
  private record WrittenNode(Node node, long stamp) {}

  private final Transaction rows;
  private final String peer;
  private final CatalogWriter catalog;

  /** By folded name. */
  private final Map<String, WrittenNode> written = new TreeMap<>();

  ImportReconciliation(Transaction rows, String peer) {
    this.rows = rows;
    this.peer = peer;
    catalog = new CatalogWriter(rows, peer);
  }

  void reconcile(String service, List<CheckServiceNode> instances) {
    Map<String, SentNode> sent = byNode(instances);
    List<ServiceInstance> stored =
        Tables.SERVICES.listBy(rows, TableId.SERVICES_BY_NAME, Keys.service(peer, service));
    sent.values().forEach(this::store);
    dropUnsent(stored, sent);
  }

  /** Writes instances that are new or changed, and removes those named; the rest stays. */
  void patch(String service, List<CheckServiceNode> changed, List<InstanceName> removed) {
    Map<String, SentNode> sent = byNode(changed);
    for (SentNode one : sent.values()) {
      store(one);
      one.services
          .values()
          .forEach(each -> dropUnsentChecks(one.node.getNode(), each.getId(), one));
    }
    Set<String> left = new TreeSet<>();
    for (InstanceName gone : removed) {
      catalog
          .instance(gone.getNode(), gone.getServiceId())
          // By now it may be another service's.
          .filter(row -> Keys.fold(row.getService().getService()).equals(Keys.fold(service)))
          .ifPresent(
              row -> {
                catalog.removeInstance(row.getNode(), row.getService().getId());
                left.add(row.getNode());
              });
    }
    dropEmpty(left);
  }

  private static Map<String, SentNode> byNode(List<CheckServiceNode> instances) {
    Map<String, SentNode> sent = new TreeMap<>();
    for (CheckServiceNode instance : instances) {
      requireComplete(instance);
      // Where a node lies is for its own cluster to know.
      Node node = without(instance.getNode());
      SentNode one = sent.computeIfAbsent(Keys.fold(node.getNode()), name -> new SentNode(node));
      NodeService unindexed = unindexed(instance.getService());
      one.services.put(Keys.fold(unindexed.getId()), unindexed);
      for (HealthCheck check : instance.getChecksList()) {
        if (!Keys.fold(check.getNode()).equals(Keys.fold(node.getNode()))) {
          throw invalid(
              "failed to register check: check node \""
                  + check.getNode()
                  + "\" does not match node \""
                  + node.getNode()
                  + "\"");
        }
        one.checks.put(Keys.fold(check.getCheckId()), check);
      }
    }
    return sent;
  }

  private static Node without(Node node) {
    return node.hasLocality() || node.hasRaftIndex()
        ? node.toBuilder().clearLocality().clearRaftIndex().build()
        : node;
  }

  private static NodeService unindexed(NodeService service) {
    return service.hasRaftIndex() ? service.toBuilder().clearRaftIndex().build() : service;
  }

  /** What a Consul would die of is refused here by name. */
  private static void requireComplete(CheckServiceNode instance) {
    if (!instance.hasNode() || instance.getNode().getNode().isEmpty()) {
      throw invalid("an instance has no node");
    }
    if (!instance.hasService() || instance.getService().getId().isEmpty()) {
      throw invalid("an instance on node \"" + instance.getNode().getNode() + "\" has no service");
    }
    for (HealthCheck check : instance.getChecksList()) {
      if (check.getCheckId().isEmpty()) {
        throw invalid("a check on node \"" + instance.getNode().getNode() + "\" has no id");
      }
    }
  }

  private void store(SentNode sent) {
    String name = sent.node.getNode();
    during("failed to register node: ", () -> putNode(sent.node));
    sent.services
        .values()
        .forEach(
            instance ->
                during("failed to register service: ", () -> catalog.putInstance(name, instance)));
    sent.checks
        .values()
        .forEach(
            check -> during("failed to register check: ", () -> catalog.putCheck(name, check)));
  }

  /** Once for each content: what the row is now, it was made by this very node. */
  private void putNode(Node node) {
    String folded = Keys.fold(node.getNode());
    Key key = Keys.node(peer, node.getNode());
    WrittenNode before = written.get(folded);
    long stamp = rows.stamp(TableId.NODES, key);
    if (before != null && before.stamp == stamp && before.node.equals(node)) {
      return;
    }
    catalog.putNode(node);
    written.put(folded, new WrittenNode(node, rows.stamp(TableId.NODES, key)));
  }

  private static void during(String what, Runnable step) {
    try {
      step.run();
    } catch (ProblemException e) {
      throw new ProblemException(e.code(), what + e.getMessage(), e);
    }
  }

  private void dropUnsent(List<ServiceInstance> stored, Map<String, SentNode> sent) {
    Set<String> left = new TreeSet<>();
    for (ServiceInstance instance : stored) {
      String node = instance.getNode();
      String id = instance.getService().getId();
      SentNode same = sent.get(Keys.fold(node));
      if (same == null) {
        catalog.removeInstance(node, id);
        left.add(node);
      } else if (!same.services.containsKey(Keys.fold(id))) {
        catalog.removeInstance(node, id);
      } else {
        dropUnsentChecks(node, id, same);
        dropUnsentChecks(node, "", same);
      }
    }
    dropEmpty(left);
  }

  private void dropEmpty(Set<String> nodes) {
    for (String node : nodes) {
      if (!catalog.hasInstances(node)) {
        catalog.removeNode(node);
      }
    }
  }

  private void dropUnsentChecks(String node, String serviceId, SentNode sent) {
    for (HealthCheck check : catalog.checksOf(node, serviceId)) {
      if (!sent.checks.containsKey(Keys.fold(check.getCheckId()))) {
        catalog.removeCheck(node, check.getCheckId());
      }
    }
  }
}
