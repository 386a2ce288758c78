package io.hanse.http.endpoints;

import io.hanse.fsm.filter.Filter;
import io.hanse.fsm.filter.Selectors;
import io.hanse.fsm.port.CommandSubmitter;
import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.DeregisterCatalog;
import io.hanse.fsm.row.Node;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Catalog;
import io.hanse.fsm.view.GatewayServices;
import io.hanse.http.exchange.Answer;
import io.hanse.http.exchange.Call;
import io.hanse.http.exchange.HttpProblem;
import io.hanse.http.json.JsonWriter;
import io.hanse.http.request.DeregisterRequest;
import io.hanse.http.request.RegisterRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/** {@code /v1/catalog}: what is registered, and registering it. */
public final class CatalogEndpoints {
  private final Writes writes;
  private final String datacenter;

  /**
   * The handlers over a state that commands change.
   *
   * @param datacenter of the nodes that are registered
   */
  public static CatalogEndpoints over(CommandSubmitter submitter, String datacenter) {
    return new CatalogEndpoints(new Writes(submitter), datacenter);
  }

  CatalogEndpoints(Writes writes, String datacenter) {
    this.writes = writes;
    this.datacenter = datacenter;
  }

  public CompletableFuture<Answer> register(Call call) {
    RegisterRequest request = Bodies.catalog(call, RegisterRequest.newBuilder()).build();
    requireOwn(request.getDatacenter());
    return writes.answerDone(
        Command.newBuilder().setRegister(Registrations.command(request, datacenter)).build());
  }

  public CompletableFuture<Answer> deregister(Call call) {
    DeregisterRequest request = Bodies.catalog(call, DeregisterRequest.newBuilder()).build();
    requireOwn(request.getDatacenter());
    return writes.answerDone(
        Command.newBuilder()
            .setDeregister(
                DeregisterCatalog.newBuilder()
                    .setNode(request.getNode())
                    .setServiceId(request.getServiceId())
                    .setCheckId(request.getCheckId()))
            .build());
  }

  private void requireOwn(String named) {
    if (!named.isEmpty() && !named.equals(datacenter)) {
      throw HttpProblem.internal("No path to datacenter");
    }
  }

  public CompletableFuture<Answer> datacenters(Call call) {
    return CompletableFuture.completedFuture(Answer.json(out -> out.strings(List.of(datacenter))));
  }

  public Answer nodes(Call call, View view) {
    Map<String, String> meta = InstanceSelection.nodeMeta(call.parameters());
    Filter filter = Filters.of(call, Filters.NODES);
    return Answer.json(
        new Catalog(view)
            .nodes("").stream()
                .filter(node -> InstanceSelection.hasMeta(node, meta) && filter.includes(node))
                .toList());
  }

  public Answer services(Call call, View view) {
    Catalog catalog = new Catalog(view);
    Map<String, String> meta = InstanceSelection.nodeMeta(call.parameters());
    Filter filter = Filters.of(call, Selectors.FLATTENED_INSTANCE);
    SortedMap<String, SortedSet<String>> tags =
        meta.isEmpty() && !Filters.isAsked(call)
            ? catalog.serviceNames("")
            : servicesOf(catalog, meta, filter);
    return Answer.json(out -> out.any(tags));
  }

  /** Looks at every instance: only by it can be told which tags are left. */
  private static SortedMap<String, SortedSet<String>> servicesOf(
      Catalog catalog, Map<String, String> meta, Filter filter) {
    SortedMap<String, SortedSet<String>> tags = new TreeMap<>();
    for (Node node : catalog.nodes("")) {
      if (InstanceSelection.hasMeta(node, meta)) {
        for (NodeService service : catalog.servicesOfNode("", node.getNode())) {
          if (filter.includes(
              CheckServiceNode.newBuilder().setNode(node).setService(service).build())) {
            tags.computeIfAbsent(service.getService(), name -> new TreeSet<>())
                .addAll(service.getTagsList());
          }
        }
      }
    }
    return tags;
  }

  public Answer service(Call call, View view) {
    String name = call.rest("Missing service name");
    Filter filter = Filters.of(call, Selectors.FLATTENED_INSTANCE);
    List<CheckServiceNode> rows =
        filter.of(
            CentralMerge.flattened(
                call,
                view,
                InstanceSelection.parse(call.parameters())
                    .of(peer -> new Catalog(view).service(peer, name))));
    return Answer.json(out -> flattened(out, rows));
  }

  public Answer connect(Call call, View view) {
    String name = call.rest("Missing service name");
    Filter filter = Filters.of(call, Selectors.FLATTENED_INSTANCE);
    List<CheckServiceNode> rows =
        filter.of(
            CentralMerge.flattened(
                call,
                view,
                InstanceSelection.parse(call.parameters())
                    .of(peer -> new Catalog(view).mesh(peer, name))));
    return Answer.json(out -> flattened(out, rows));
  }

  public Answer gatewayServices(Call call, View view) {
    return Answer.json(new GatewayServices(view).of(call.rest("Missing gateway name")));
  }

  public Answer node(Call call, View view) {
    Catalog catalog = new Catalog(view);
    Optional<Node> node = find(catalog, call.rest("Missing node name"));
    Filter filter = Filters.of(call, Filters.SERVICES);
    if (node.isEmpty()) {
      return Answer.json(JsonWriter::nothing);
    }
    Map<String, NodeService> services = new TreeMap<>();
    for (NodeService service : filter.of(catalog.servicesOfNode("", node.get().getNode()))) {
      services.put(service.getId(), service);
    }
    return Answer.json(
        out -> out.beginObject().field("Node", node.get()).field("Services", services).endObject());
  }

  public Answer nodeServices(Call call, View view) {
    Catalog catalog = new Catalog(view);
    Optional<Node> node = find(catalog, call.rest("Missing node name"));
    Filter filter = Filters.of(call, Filters.SERVICES);
    if (node.isEmpty()) {
      return Answer.json(
          out -> out.beginObject().key("Node").nothing().key("Services").nothing().endObject());
    }
    List<NodeService> services =
        filter.of(
            CentralMerge.services(call, view, catalog.servicesOfNode("", node.get().getNode())));
    return Answer.json(
        out ->
            out.beginObject()
                .field("Node", node.get())
                .key("Services")
                .values(services)
                .endObject());
  }

  private static Optional<Node> find(Catalog catalog, String nameOrId) {
    return catalog.node("", nameOrId).or(() -> catalog.nodeById("", nameOrId));
  }

  /** An instance with its node's fields beside its own. */
  private static void flattened(JsonWriter out, List<CheckServiceNode> rows) {
    out.beginArray();
    for (CheckServiceNode row : rows) {
      flattened(out, row.getNode(), row.getService());
    }
    out.endArray();
  }

  private static void flattened(JsonWriter out, Node node, NodeService service) {
    out.beginObject()
        .field("ID", node.getId())
        .field("Node", node.getNode())
        .field("Address", node.getAddress())
        .field("Datacenter", node.getDatacenter());
    orNull(out, "TaggedAddresses", node.getTaggedAddressesMap());
    orNull(out, "NodeMeta", node.getMetaMap());
    out.field("ServiceKind", service.getKind())
        .field("ServiceID", service.getId())
        .field("ServiceName", service.getService())
        .key("ServiceTags")
        .strings(service.getTagsList())
        .field("ServiceAddress", service.getAddress());
    if (service.getTaggedAddressesCount() > 0) {
      out.field("ServiceTaggedAddresses", service.getTaggedAddressesMap());
    }
    out.field("ServiceWeights", service.getWeights())
        .field("ServiceMeta", service.getMetaMap())
        .field("ServicePort", service.getPort())
        .field("ServiceSocketPath", service.getSocketPath())
        .field("ServiceEnableTagOverride", service.getEnableTagOverride())
        .field("ServiceProxy", service.getProxy())
        .field("ServiceConnect", service.getConnect());
    if (service.hasLocality()) {
      out.field("ServiceLocality", service.getLocality());
    } else {
      out.key("ServiceLocality").nothing();
    }
    if (!service.getPeerName().isEmpty()) {
      out.field("PeerName", service.getPeerName());
    }
    out.field("CreateIndex", service.getRaftIndex().getCreateIndex())
        .field("ModifyIndex", service.getRaftIndex().getModifyIndex())
        .endObject();
  }

  private static void orNull(JsonWriter out, String key, Map<String, String> map) {
    out.key(key).any(map.isEmpty() ? null : map);
  }
}
