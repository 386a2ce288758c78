package io.hanse.fsm.apply;

import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.row.DeregisterCatalog;
import io.hanse.fsm.row.HealthCheck;
import io.hanse.fsm.row.InstanceName;
import io.hanse.fsm.row.Node;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.row.RegisterCatalog;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The catalog's part of the model: plain maps by folded names. */
final class CatalogModel {
  record ModelNode(String name, String id, long createIndex) {}

  /** With the service that the mesh reaches through it, and that service's address; "" for none. */
  record ModelService(String node, String id, String name, String destination, String address) {}

  record ModelCheck(String node, String id, String serviceId, String status) {}

  // The key is the peer ("" for this cluster), then names, each followed by '/'.
  final TreeMap<String, ModelNode> nodes = new TreeMap<>();
  final TreeMap<String, ModelService> services = new TreeMap<>();
  final TreeMap<String, ModelCheck> checks = new TreeMap<>();

  /** Keys of this cluster's nodes and checks that sessions may not stand on any more. */
  final Set<String> failed = new TreeSet<>();

  final ModelAddresses addresses = new ModelAddresses();

  CatalogModel copy() {
    CatalogModel copy = new CatalogModel();
    copy.addresses.copyOf(addresses);
    copy.nodes.putAll(nodes);
    copy.services.putAll(services);
    copy.checks.putAll(checks);
    return copy;
  }

  static String at(String peer, String... names) {
    return (peer + "/" + String.join("/", names) + "/").toLowerCase(Locale.ROOT);
  }

  void register(RegisterCatalog command, long index) {
    String node = command.getNode().getNode();
    if (!command.getSkipNodeUpdate() || !nodes.containsKey(at("", node))) {
      putNode("", command.getNode(), index);
    }
    if (command.hasService()) {
      putService("", node, command.getService());
    }
    command.getChecksList().forEach(check -> putCheck("", node, check));
  }

  void deregister(DeregisterCatalog command) {
    if (!command.getServiceId().isEmpty()) {
      dropService("", command.getNode(), command.getServiceId());
    } else if (!command.getCheckId().isEmpty()) {
      dropCheck(command.getNode(), command.getCheckId());
    } else {
      dropNode("", command.getNode());
    }
  }

  void dropCheck(String node, String id) {
    checks.remove(at("", node, id));
    failed.add(at("", node, id));
  }

  void putNode(String peer, Node node, long index) {
    String key = at(peer, node.getNode());
    long createIndex = nodes.containsKey(key) ? nodes.get(key).createIndex() : index;
    if (!node.getId().isEmpty()) {
      Optional<ModelNode> renamed =
          nodes.entrySet().stream()
              .filter(one -> one.getKey().startsWith(peer + "/") && !one.getKey().equals(key))
              .map(Map.Entry::getValue)
              .filter(one -> one.id().equals(node.getId()))
              .findFirst();
      ModelNode holder = nodes.get(key);
      if (holder != null && !holder.id().equals(node.getId())) {
        ModelCheck health = checks.get(at(peer, node.getNode(), "serfHealth"));
        boolean isDown = health == null || health.status().equals("critical");
        ClusterModel.require(isDown || (holder.id().isEmpty() && renamed.isEmpty()));
      }
      renamed.ifPresent(old -> dropNode(peer, old.name()));
      createIndex = renamed.map(ModelNode::createIndex).orElse(createIndex);
    }
    nodes.put(key, new ModelNode(node.getNode(), node.getId(), createIndex));
  }

  private void putService(String peer, String node, NodeService service) {
    ModelNode on = nodes.get(at(peer, node));
    ClusterModel.require(on != null && service.getMetaMap().isEmpty());
    String destination =
        service.getKind().equals("connect-proxy")
            ? service.getProxy().getDestinationServiceName()
            : service.getConnect().getNative() ? service.getService() : "";
    String address = destination.isEmpty() ? "" : addresses.assign(at(peer, destination));
    ModelService old =
        services.put(
            at(peer, node, service.getId()),
            new ModelService(
                on.name().toLowerCase(Locale.ROOT),
                service.getId(),
                service.getService(),
                destination,
                address));
    release(peer, old);
  }

  private void release(String peer, ModelService gone) {
    if (gone != null) {
      for (String name : new String[] {gone.name(), gone.destination()}) {
        release(peer, name);
      }
    }
  }

  /** Nobody keeps the address of a service that nothing is left of. */
  private void release(String peer, String name) {
    boolean isNeeded =
        services.entrySet().stream()
            .filter(one -> one.getKey().startsWith(peer + "/"))
            .map(Map.Entry::getValue)
            .anyMatch(
                one ->
                    one.name().equalsIgnoreCase(name) || one.destination().equalsIgnoreCase(name));
    if (!isNeeded) {
      addresses.release(at(peer, name));
    }
  }

  /** Services that entries speak of, from now on these. */
  void configuredAre(Set<String> names) {
    for (String name : names) {
      addresses.configured(at("", name));
    }
    for (String name : addresses.unconfigured(names.stream().map(each -> at("", each)).toList())) {
      release("", name.substring(1, name.length() - 1));
    }
  }

  void putCheck(String peer, String node, HealthCheck check) {
    ModelNode on = nodes.get(at(peer, node));
    ClusterModel.require(on != null);
    ClusterModel.require(
        check.getServiceId().isEmpty()
            || services.containsKey(at(peer, node, check.getServiceId())));
    String status = check.getStatus().isEmpty() ? "critical" : check.getStatus();
    checks.put(
        at(peer, node, check.getCheckId()),
        new ModelCheck(
            on.name().toLowerCase(Locale.ROOT), check.getCheckId(), check.getServiceId(), status));
    if (status.equals("critical") && peer.isEmpty()) {
      failed.add(at(peer, node, check.getCheckId()));
    }
  }

  void dropService(String peer, String node, String id) {
    release(peer, services.remove(at(peer, node, id)));
    Set<String> gone = new TreeSet<>();
    checks.forEach(
        (key, check) -> {
          if (key.startsWith(at(peer, node)) && check.serviceId().equalsIgnoreCase(id)) {
            gone.add(key);
          }
        });
    checks.keySet().removeAll(gone);
    if (peer.isEmpty()) {
      failed.addAll(gone);
    }
  }

  void dropNode(String peer, String node) {
    String key = at(peer, node);
    nodes.remove(key);
    new TreeSet<>(services.keySet())
        .stream()
            .filter(one -> one.startsWith(key))
            .forEach(one -> release(peer, services.remove(one)));
    checks.keySet().removeIf(one -> one.startsWith(key));
    if (peer.isEmpty()) {
      failed.add(key);
    }
  }

  Optional<ModelNode> firstNode(String peer) {
    return nodes.entrySet().stream()
        .filter(one -> one.getKey().startsWith(peer + "/"))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  Set<String> serviceNames(String peer) {
    Set<String> names = new TreeSet<>();
    services.forEach(
        (key, service) -> {
          if (key.startsWith(peer + "/")) {
            names.add(service.name().toLowerCase(Locale.ROOT));
          }
        });
    return names;
  }

  /** Some instances are new or changed, some are gone, all others stay. */
  void patch(
      String peer,
      String service,
      List<CheckServiceNode> changed,
      List<InstanceName> removed,
      long index) {
    TreeMap<String, List<CheckServiceNode>> byNode = new TreeMap<>();
    for (CheckServiceNode one : changed) {
      byNode.computeIfAbsent(at(peer, one.getNode().getNode()), n -> new ArrayList<>()).add(one);
    }
    for (List<CheckServiceNode> sent : byNode.values()) {
      String node = sent.get(0).getNode().getNode();
      putNode(peer, sent.get(0).getNode(), index);
      TreeMap<String, NodeService> instances = new TreeMap<>();
      TreeMap<String, HealthCheck> last = new TreeMap<>();
      for (CheckServiceNode one : sent) {
        instances.put(at(peer, node, one.getService().getId()), one.getService());
        one.getChecksList().forEach(check -> last.put(at(peer, node, check.getCheckId()), check));
      }
      instances.values().forEach(one -> putService(peer, node, one));
      last.values().forEach(check -> putCheck(peer, node, check));
      for (NodeService one : instances.values()) {
        checks
            .entrySet()
            .removeIf(
                check ->
                    check.getKey().startsWith(at(peer, node))
                        && !last.containsKey(check.getKey())
                        && check.getValue().serviceId().equalsIgnoreCase(one.getId()));
      }
    }
    Set<String> left = new TreeSet<>();
    for (InstanceName gone : removed) {
      ModelService stored = services.get(at(peer, gone.getNode(), gone.getServiceId()));
      if (stored != null && stored.name().equalsIgnoreCase(service)) {
        dropService(peer, stored.node(), stored.id());
        left.add(stored.node());
      }
    }
    dropEmpty(peer, left);
  }

  /** Afterwards the peer's service is what was sent, and nothing else has changed. */
  void reconcile(String peer, String service, List<CheckServiceNode> sent, long index) {
    TreeMap<String, ModelService> before = new TreeMap<>(services);
    before
        .entrySet()
        .removeIf(
            one ->
                !one.getKey().startsWith(peer + "/")
                    || !one.getValue().name().equalsIgnoreCase(service));
    TreeMap<String, Node> sentNodes = new TreeMap<>();
    Set<String> sentServices = new TreeSet<>();
    Set<String> sentChecks = new TreeSet<>();
    for (CheckServiceNode one : sent) {
      sentNodes.putIfAbsent(at(peer, one.getNode().getNode()), one.getNode());
    }
    sentNodes.forEach(
        (key, node) -> {
          putNode(peer, node, index);
          // Of one id the last counts.
          TreeMap<String, NodeService> lastServices = new TreeMap<>();
          TreeMap<String, HealthCheck> last = new TreeMap<>();
          for (CheckServiceNode one : sent) {
            if (at(peer, one.getNode().getNode()).equals(key)) {
              lastServices.put(
                  at(peer, node.getNode(), one.getService().getId()), one.getService());
              one.getChecksList()
                  .forEach(check -> last.put(at(peer, node.getNode(), check.getCheckId()), check));
            }
          }
          lastServices.values().forEach(one -> putService(peer, node.getNode(), one));
          sentServices.addAll(lastServices.keySet());
          last.values().forEach(check -> putCheck(peer, node.getNode(), check));
          sentChecks.addAll(last.keySet());
        });
    Set<String> left = new TreeSet<>();
    before.forEach(
        (key, stored) -> {
          if (!sentServices.contains(key)) {
            dropService(peer, stored.node(), stored.id());
            if (!sentNodes.containsKey(at(peer, stored.node()))) {
              left.add(stored.node());
            }
          } else {
            checks
                .entrySet()
                .removeIf(
                    one ->
                        one.getKey().startsWith(at(peer, stored.node()))
                            && !sentChecks.contains(one.getKey())
                            && (one.getValue().serviceId().isEmpty()
                                || one.getValue().serviceId().equalsIgnoreCase(stored.id())));
          }
        });
    dropEmpty(peer, left);
  }

  private void dropEmpty(String peer, Set<String> left) {
    for (String node : left) {
      if (services.keySet().stream().noneMatch(key -> key.startsWith(at(peer, node)))) {
        dropNode(peer, node);
      }
    }
  }
}
