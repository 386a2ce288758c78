package io.hanse.peering.dataplane;

import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.row.ClusterIdentity;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PeeringTrustBundle;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Ca;
import io.hanse.fsm.view.Health;
import io.hanse.fsm.view.Keys;
import io.hanse.fsm.view.Peerings;
import io.hanse.fsm.view.StandingMesh;
import io.hanse.fsm.view.StandingMesh.Mesh;
import io.hanse.peering.proto.Endpoints;
import io.hanse.peering.proto.ProxyConfig;
import io.hanse.peering.proto.ProxyOpen;
import io.hanse.peering.proto.Route;
import io.hanse.peering.protocol.PeerResources;
import io.hanse.peering.protocol.ProxyResources;
import io.hanse.peering.replication.WatchedQuery;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a mesh gateway routes: each service of this cluster by its own name, each exported one by
 * the name that each peer uses, each imported one by the name that its exporter gave it; and the
 * servers, where they peer through gateways. Each list of endpoints is a question of its own, so
 * that a changed instance is one small message.
 */
final class GatewaySource implements ProxySource {
  /** What the routes to services of this cluster are made of. */
  private record Local(
      Mesh mesh,
      Optional<String> datacenter,
      Optional<String> trustDomain,
      ActivePeers active,
      long index) {
    boolean hasIdentity() {
      return datacenter.isPresent() && trustDomain.isPresent();
    }

    /** Whether it leads to the same routes. Of services that did not change, it is one look. */
    boolean isLike(Local other) {
      return mesh.equals(other.mesh)
          && datacenter.equals(other.datacenter)
          && trustDomain.equals(other.trustDomain)
          && active.equals(other.active);
    }
  }

  private record Imports(SortedSet<Imported> services, long index) {}

  /** What a peer's service is asked for by, and where its gateways are. */
  private record ImportedRoute(Optional<Route> route, Endpoints endpoints, long index) {}

  /**
   * What a peer exports to us.
   *
   * @param since the index at which the peering was made: the oldest come first
   */
  private record Imported(long since, String peer, String service) implements Comparable<Imported> {
    private static final Comparator<Imported> ORDER =
        Comparator.comparingLong(Imported::since)
            .thenComparing(Imported::peer)
            .thenComparing(Imported::service);

    @Override
    public int compareTo(Imported other) {
      return ORDER.compare(this, other);
    }

    String endpoints() {
      return "peer/" + peer + "/" + service;
    }
  }

  private final ProxyQueries queries;
  private final ProxyOpen open;
  private final ResourceSet resources;
  private final List<WatchedQuery<?>> always = new ArrayList<>();
  private final WatchedEndpoints locals;
  private final PeeringRoutes peering;
  private final Map<Imported, WatchedQuery<?>> imports = new TreeMap<>();
  private final Map<Imported, String> importedNames = new TreeMap<>();

  /**
   * By the name that is asked for, all who are to be reached by it. The oldest peering's first is:
   * a trust domain is no secret, and whoever names that of another must not take over its names.
   */
  private final Map<String, SortedMap<Imported, Route>> holders = new TreeMap<>();

  private final StandingMesh mesh = new StandingMesh();
  private Map<String, Route> localRoutes = Map.of();
  private @Nullable Local told;
  private boolean configKnown;
  private boolean localKnown;
  private boolean importsKnown;
  private boolean peeringKnown;

  GatewaySource(ProxyQueries queries, ProxyOpen open, ResourceSet resources) {
    this.queries = queries;
    this.open = open;
    this.resources = resources;
    this.locals = new WatchedEndpoints(queries, resources, this::offerLists);
    this.peering = new PeeringRoutes(queries, resources, this::peeringIs);
  }

  @Override
  public void start() {
    always.add(queries.start(view -> ProxyConfigs.of(view, open), this::configIs));
    always.add(queries.start(this::local, this::localIs));
    always.add(queries.start(GatewaySource::imports, this::importsAre));
    peering.start();
  }

  private void peeringIs(long index) {
    peeringKnown = true;
    offerLists(index);
  }

  private void configIs(Optional<ProxyConfig> config) {
    config.ifPresent(
        known -> {
          resources.put(ProxyResources.CONFIG, ProxyResources.CONFIG_ID, known);
          configKnown = true;
          offerLists(0);
        });
  }

  private Local local(View view) {
    // First of all, as it says what it rests on by what was read.
    Mesh services = mesh.at(view);
    Ca ca = new Ca(view);
    return new Local(
        services,
        ca.cluster().map(ClusterIdentity::getDatacenter),
        ca.trustDomain(),
        ActivePeers.of(view),
        view.publicIndex());
  }

  private void localIs(Local now) {
    Local before = told;
    if (before == null || !now.isLike(before)) {
      routesAre(now.hasIdentity() ? now.mesh().services() : new TreeSet<>(), routes(now));
    }
    told = now;
    offerLists(now.index());
  }

  /** Services that have no instance in the mesh have no route, exported or not. */
  private static Map<String, Route> routes(Local local) {
    Map<String, Route> routes = new TreeMap<>();
    if (!local.hasIdentity()) {
      return routes;
    }
    String datacenter = local.datacenter().orElseThrow();
    String domain = local.trustDomain().orElseThrow();
    SortedSet<String> services = local.mesh().services();
    for (String service : services) {
      String sni = MeshNames.internal(service, datacenter, domain);
      routes.put(sni, route(sni, WatchedEndpoints.local(service), service, ""));
    }
    local
        .mesh()
        .consumers()
        .forEach(
            (service, peers) -> {
              for (String peer : peers) {
                if (services.contains(service) && local.active().has(peer)) {
                  String sni = MeshNames.external(service, peer, domain);
                  routes.put(sni, route(sni, WatchedEndpoints.local(service), service, ""));
                }
              }
            });
    return routes;
  }

  private void routesAre(SortedSet<String> services, Map<String, Route> routes) {
    for (String service : services) {
      locals.want(WatchedEndpoints.local(service), view -> new Health(view).connect("", service));
    }
    Map<String, Route> before = localRoutes;
    localRoutes = routes;
    before.keySet().stream().filter(gone -> !routes.containsKey(gone)).forEach(this::settle);
    for (Map.Entry<String, Route> each : routes.entrySet()) {
      if (!each.getValue().equals(before.get(each.getKey()))) {
        resources.put(ProxyResources.ROUTE, each.getKey(), each.getValue());
      }
    }
    locals.retain(services.stream().map(WatchedEndpoints::local).collect(Collectors.toSet()));
    localKnown = true;
  }

  private static Imports imports(View view) {
    SortedSet<Imported> services = new TreeSet<>();
    for (Peering peering : new Peerings(view).all()) {
      if (Peerings.isActive(peering)) {
        for (String name : new Peerings(view).importedServices(peering.getName())) {
          if (name.endsWith(PeerResources.TWIN_SUFFIX)) {
            int length = name.length() - PeerResources.TWIN_SUFFIX.length();
            services.add(
                new Imported(
                    peering.getRaftIndex().getCreateIndex(),
                    peering.getName(),
                    name.substring(0, length)));
          }
        }
      }
    }
    return new Imports(services, view.publicIndex());
  }

  private void importsAre(Imports now) {
    var known = imports.entrySet().iterator();
    while (known.hasNext()) {
      Map.Entry<Imported, WatchedQuery<?>> each = known.next();
      if (!now.services().contains(each.getKey())) {
        each.getValue().close();
        known.remove();
        importIs(each.getKey(), Optional.empty());
        resources.remove(ProxyResources.ENDPOINTS, each.getKey().endpoints());
      }
    }
    now.services().stream().filter(each -> !imports.containsKey(each)).forEach(this::watch);
    importsKnown = true;
    offerLists(now.index());
  }

  /** Asks at once: a list of routes without one that has been imported long ago would be untrue. */
  private void watch(Imported service) {
    WatchedQuery<ImportedRoute> query =
        queries.of(
            view -> imported(view, service),
            found -> {
              importedIs(service, found);
              offerLists(found.index());
            });
    importedIs(service, ProxyQueries.first(query));
    imports.put(service, query);
  }

  /**
   * By the server name that the exporter gave it, if that is one of its own domain: with another it
   * could take the place of a service of this cluster, or of another peer.
   */
  private static ImportedRoute imported(View view, Imported service) {
    List<CheckServiceNode> gateways = new Health(view).connect(service.peer(), service.service());
    Optional<String> domain =
        new Peerings(view)
            .trustBundle(service.peer())
            .map(PeeringTrustBundle::getTrustDomain)
            .filter(name -> !name.isEmpty());
    Optional<Route> route =
        gateways.stream()
            .map(gateway -> gateway.getService().getConnect().getPeerMeta())
            .filter(meta -> meta.getSniCount() > 0)
            .map(meta -> meta.getSni(0))
            .findFirst()
            .filter(sni -> domain.filter(owner -> MeshNames.isOf(sni, owner)).isPresent())
            .map(
                sni ->
                    route(Keys.fold(sni), service.endpoints(), service.service(), service.peer()));
    return new ImportedRoute(
        route, EndpointMapper.wan(service.endpoints(), gateways), view.publicIndex());
  }

  private void importedIs(Imported service, ImportedRoute found) {
    resources.put(ProxyResources.ENDPOINTS, service.endpoints(), found.endpoints());
    importIs(service, found.route());
  }

  private void importIs(Imported service, Optional<Route> route) {
    String before = importedNames.remove(service);
    if (before != null && !route.map(Route::getSni).equals(Optional.of(before))) {
      SortedMap<Imported, Route> others = holders.getOrDefault(before, new TreeMap<>());
      others.remove(service);
      if (others.isEmpty()) {
        holders.remove(before);
      }
      settle(before);
    }
    route.ifPresent(
        now -> {
          importedNames.put(service, now.getSni());
          holders.computeIfAbsent(now.getSni(), name -> new TreeMap<>()).put(service, now);
          settle(now.getSni());
        });
  }

  /** Routes of this cluster's own go before those of peers. */
  private void settle(String sni) {
    if (localRoutes.containsKey(sni)) {
      return;
    }
    Iterator<Route> held = holders.getOrDefault(sni, new TreeMap<>()).values().iterator();
    if (held.hasNext()) {
      resources.put(ProxyResources.ROUTE, sni, held.next());
    } else {
      resources.remove(ProxyResources.ROUTE, sni);
    }
  }

  private static Route route(String sni, String endpoints, String service, String peer) {
    return Route.newBuilder()
        .setSni(sni)
        .setEndpoints(endpoints)
        .setService(service)
        .setPeer(peer)
        .build();
  }

  private void offerLists(long index) {
    if (configKnown && localKnown && importsKnown && peeringKnown) {
      resources.offerLists(ProxyResources.of(ProxyResources.MESH_GATEWAY), index);
    }
  }

  @Override
  public void close() {
    always.forEach(WatchedQuery::close);
    peering.close();
    imports.values().forEach(WatchedQuery::close);
    imports.clear();
    locals.retain(Set.of());
  }
}
