package io.hanse.fsm.view;

import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.row.Node;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.row.ServiceInstance;
import io.hanse.fsm.store.Key;
import io.hanse.fsm.store.Rows;
import io.hanse.fsm.store.TableId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Nodes and the services on them. A peer of "" means this cluster. Instances of a peer whose
 * services are withdrawn are not found; its nodes and their contents are shown as stored.
 */
public final class Catalog {
  private final Rows rows;

  public Catalog(Rows rows) {
    this.rows = rows;
  }

  public List<Node> nodes(String peer) {
    return Tables.NODES.list(rows, Key.ofPeer(peer));
  }

  public Optional<Node> node(String peer, String name) {
    return Tables.NODES.get(rows, Keys.node(peer, name));
  }

  public Optional<Node> nodeById(String peer, String id) {
    return id.isEmpty()
        ? Optional.empty()
        : Tables.NODES.listBy(rows, TableId.NODES_BY_ID, Keys.nodeId(peer, id)).stream()
            .findFirst();
  }

  public List<NodeService> servicesOfNode(String peer, String node) {
    return Tables.SERVICES.list(rows, Keys.node(peer, node)).stream()
        .map(Catalog::serviceOf)
        .toList();
  }

  public Optional<NodeService> service(String peer, String node, String serviceId) {
    return Tables.SERVICES.get(rows, Keys.instance(peer, node, serviceId)).map(Catalog::serviceOf);
  }

  /** The names of all services with their tags; of each set of tags one instance is looked at. */
  public SortedMap<String, SortedSet<String>> serviceNames(String peer) {
    SortedMap<String, SortedSet<String>> names = new TreeMap<>();
    forFirstOfEach(
        TableId.SERVICES_BY_TAGS,
        Key.ofPeer(peer),
        service -> {
          names
              .computeIfAbsent(service.getService(), name -> new TreeSet<>())
              .addAll(service.getTagsList());
          return Keys.tags(peer, service.getService(), service.getTagsList());
        });
    return names;
  }

  /** The names of services that have an instance of the kind; each is looked at once. */
  public SortedSet<String> namesOfKind(String peer, String kind) {
    return names(TableId.SERVICES_BY_KIND, Keys.kind(peer, kind));
  }

  /** The names of all services of a peer; each is looked at once. */
  public SortedSet<String> names(String peer) {
    return names(TableId.SERVICES_BY_NAME, Key.ofPeer(peer));
  }

  /** How a name is written that services of a kind go by, if there are any; told without case. */
  public Optional<String> nameOfKind(String peer, String kind, String name) {
    Key prefix = Keys.kind(peer, kind).thenFolded(name);
    return first(TableId.SERVICES_BY_KIND, prefix, prefix)
        .map(key -> row(TableId.SERVICES_BY_KIND, key).getService().getService());
  }

  /** The names, folded, of all services for which {@link #hasConnect} is so. */
  public SortedSet<String> connectNames(String peer) {
    SortedSet<String> names = new TreeSet<>();
    Key prefix = Key.ofPeer(peer);
    Optional<Key> next =
        isWithdrawn(peer)
            ? Optional.empty()
            : first(TableId.SERVICES_BY_DESTINATION, prefix, prefix);
    while (next.isPresent()) {
      String name = next.get().segmentBehind(prefix);
      names.add(name);
      next = first(TableId.SERVICES_BY_DESTINATION, prefix, Keys.behind(prefix.then(name)));
    }
    return names;
  }

  /** Of an index whose keys go on with the name. */
  private SortedSet<String> names(TableId index, Key prefix) {
    SortedSet<String> names = new TreeSet<>();
    forFirstOfEach(
        index,
        prefix,
        service -> {
          names.add(service.getService());
          return prefix.thenFolded(service.getService());
        });
    return names;
  }

  /**
   * Goes from instance to instance and leaves out those that are alike.
   *
   * @param visitor answers the beginning of all keys that are like the one it was given
   */
  private void forFirstOfEach(TableId index, Key prefix, Function<NodeService, Key> visitor) {
    Optional<Key> next = first(index, prefix, prefix);
    while (next.isPresent()) {
      Key alike = visitor.apply(row(index, next.get()).getService());
      next = first(index, prefix, Keys.behind(alike));
    }
  }

  private Optional<Key> first(TableId index, Key prefix, Key from) {
    List<Key> found = new ArrayList<>(1);
    rows.scanKeys(
        index,
        prefix,
        from,
        (key, modifyIndex) -> {
          found.add(key);
          return false;
        });
    return found.stream().findFirst();
  }

  private ServiceInstance row(TableId index, Key key) {
    return Tables.SERVICES.listBy(rows, index, key).get(0);
  }

  /** The instances of a service; without checks. */
  public List<CheckServiceNode> service(String peer, String name) {
    return located(peer, TableId.SERVICES_BY_NAME, Keys.service(peer, name));
  }

  /**
   * The instances through which the mesh reaches a service: its sidecars, and those that are
   * native.
   */
  public List<CheckServiceNode> connect(String peer, String name) {
    return located(peer, TableId.SERVICES_BY_DESTINATION, Keys.service(peer, name));
  }

  /**
   * The same, and behind them the instances of the terminating gateways that stand for it. What the
   * proxies are told leaves those out as long as they cannot use them.
   */
  public List<CheckServiceNode> mesh(String peer, String name) {
    List<CheckServiceNode> instances = new ArrayList<>(connect(peer, name));
    if (peer.isEmpty()) {
      instances.addAll(new GatewayServices(rows).terminating(name));
    }
    return instances;
  }

  /** Whether {@link #connect} would find any. */
  public boolean hasConnect(String peer, String name) {
    return !isWithdrawn(peer)
        && rows.hasAny(TableId.SERVICES_BY_DESTINATION, Keys.service(peer, name));
  }

  /** Whether a service has an instance of a kind. */
  public boolean hasKind(String peer, String kind, String name) {
    Key prefix = Keys.kind(peer, kind).thenFolded(name);
    return first(TableId.SERVICES_BY_KIND, prefix, prefix).isPresent();
  }

  /** All instances of a kind, as "mesh-gateway"; without checks. */
  public List<CheckServiceNode> ofKind(String peer, String kind) {
    return located(peer, TableId.SERVICES_BY_KIND, Keys.kind(peer, kind));
  }

  /** What a silent peer exported is withheld where the operator wants it so. */
  private boolean isWithdrawn(String peer) {
    return new Peerings(rows).withdrawal(peer).isPresent();
  }

  private List<CheckServiceNode> located(String peer, TableId index, Key prefix) {
    if (isWithdrawn(peer)) {
      return List.of();
    }
    List<CheckServiceNode> located = new ArrayList<>();
    for (ServiceInstance row : Tables.SERVICES.listBy(rows, index, prefix)) {
      CheckServiceNode.Builder builder = CheckServiceNode.newBuilder().setService(serviceOf(row));
      node(peer, row.getNode()).ifPresent(builder::setNode);
      located.add(builder.build());
    }
    return located;
  }

  private static NodeService serviceOf(ServiceInstance row) {
    return row.getService().toBuilder().setRaftIndex(row.getRaftIndex()).build();
  }
}
