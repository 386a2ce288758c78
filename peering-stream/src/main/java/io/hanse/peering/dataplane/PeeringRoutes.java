package io.hanse.peering.dataplane;

import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.row.ClusterIdentity;
import io.hanse.fsm.row.DialCandidate;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PeeringState;
import io.hanse.fsm.row.TokenWay;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Ca;
import io.hanse.fsm.view.Health;
import io.hanse.fsm.view.Peerings;
import io.hanse.identity.TrustDomain;
import io.hanse.peering.DialTargets;
import io.hanse.peering.MeshGateways;
import io.hanse.peering.proto.Endpoint;
import io.hanse.peering.proto.Endpoints;
import io.hanse.peering.proto.Route;
import io.hanse.peering.protocol.ProxyResources;
import io.hanse.peering.replication.WatchedQuery;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongConsumer;

/**
 * What a mesh gateway relays of peering itself, where servers peer through gateways: what asks for
 * this cluster's servers goes to them, and what its own servers send to those of a peer goes there.
 * TLS is between the servers: a gateway reads the name and no more. Source: peering protocol,
 * section 9. Used on its loop only.
 */
final class PeeringRoutes {
  private static final String SERVERS = "peering/servers";
  private static final Comparator<Peering> BY_PREFERENCE =
      Comparator.comparing(Peerings::isActive)
          .thenComparing(peering -> peering.getState() != PeeringState.PENDING)
          .thenComparing(peering -> peering.getRaftIndex().getModifyIndex());

  /** Of one moment; endpoints and routes by the names of their resources. */
  record Answer(Map<String, Endpoints> endpoints, Map<String, Route> routes, long index) {}

  private final ProxyQueries queries;
  private final ResourceSet resources;
  private final LongConsumer changed;
  private Answer known = new Answer(Map.of(), Map.of(), 0);
  private Optional<WatchedQuery<Answer>> query = Optional.empty();

  /**
   * Without any route yet.
   *
   * @param changed told the index of each answer
   */
  PeeringRoutes(ProxyQueries queries, ResourceSet resources, LongConsumer changed) {
    this.queries = queries;
    this.resources = resources;
    this.changed = changed;
  }

  void start() {
    query = Optional.of(queries.start(PeeringRoutes::ask, this::routesAre));
  }

  static Answer ask(View view) {
    Map<String, Endpoints> endpoints = new TreeMap<>();
    Map<String, Route> routes = new TreeMap<>();
    if (MeshGateways.areUsed(view)) {
      inward(view, endpoints, routes);
      outward(view, endpoints, routes);
    }
    return new Answer(endpoints, routes, view.publicIndex());
  }

  private static void inward(
      View view, Map<String, Endpoints> endpoints, Map<String, Route> routes) {
    Optional<ClusterIdentity> cluster = new Ca(view).cluster();
    Optional<String> trustDomain = new Ca(view).trustDomain();
    if (cluster.isEmpty() || trustDomain.isEmpty()) {
      return;
    }
    Endpoints.Builder servers = Endpoints.newBuilder().setName(SERVERS);
    for (CheckServiceNode server : new Health(view).service("", "consul")) {
      EndpointMapper.server(server).ifPresent(servers::addEndpoints);
    }
    String name = "server." + cluster.get().getDatacenter() + ".peering." + trustDomain.get();
    endpoints.put(SERVERS, servers.build());
    routes.put(name, route(name, SERVERS, ""));
  }

  /**
   * Also of a peering that the other side has ended: it is established anew by the same way. Of
   * those whose servers have one name, an active one whose token was taken, then the one that was
   * written last, as with Consul: nobody can tell them apart. Where the token leads that a peering
   * is being established by, besides: first to the servers of its own peering, and never in place
   * of a way that stands. A name that is no servers' may be that of a mesh service, whose way is
   * not a peer's to say; no token has it that is taken now.
   */
  private static void outward(
      View view, Map<String, Endpoints> endpoints, Map<String, Route> routes) {
    Map<String, Peering> byName = new TreeMap<>();
    List<Peering> establishing = new ArrayList<>();
    for (Peering peering : new Peerings(view).all()) {
      if (!Peerings.dials(peering) || Peerings.isBeingDeleted(peering)) {
        continue;
      }
      if (TrustDomain.isServerName(peering.getPeerServerName())) {
        byName.merge(peering.getPeerServerName(), peering, PeeringRoutes::preferred);
      }
      if (TrustDomain.isServerName(peering.getEstablishing().getServerName())) {
        establishing.add(peering);
      }
    }
    byName.forEach(
        (name, peering) -> {
          Set<String> addresses = new LinkedHashSet<>();
          if (peering.getEstablishing().getServerName().equals(name)) {
            addresses.addAll(peering.getEstablishing().getAddressesList());
          }
          for (DialCandidate candidate : DialTargets.direct(view, peering)) {
            addresses.add(candidate.getAddress());
          }
          String list = "peering/to/" + peering.getName();
          endpoints.put(list, endpoints(list, addresses));
          routes.putIfAbsent(name, route(name, list, peering.getName()));
        });
    for (Peering peering : establishing) {
      TokenWay way = peering.getEstablishing();
      if (!routes.containsKey(way.getServerName())) {
        String list = "peering/by-token/" + peering.getName();
        endpoints.put(list, endpoints(list, way.getAddressesList()));
        routes.put(way.getServerName(), route(way.getServerName(), list, peering.getName()));
      }
    }
  }

  private static Endpoints endpoints(String name, Collection<String> addresses) {
    Endpoints.Builder servers = Endpoints.newBuilder().setName(name);
    addresses.forEach(address -> endpoint(address).ifPresent(servers::addEndpoints));
    return servers.build();
  }

  private static Peering preferred(Peering one, Peering other) {
    return BY_PREFERENCE.compare(one, other) >= 0 ? one : other;
  }

  /** Host and port; a name is resolved by the gateway, for each connection. */
  private static Optional<Endpoint> endpoint(String address) {
    int colon = address.lastIndexOf(':');
    if (colon <= 0) {
      return Optional.empty();
    }
    String host = address.substring(0, colon);
    boolean isBracketed = host.startsWith("[") && host.endsWith("]");
    try {
      return Optional.of(
          Endpoint.newBuilder()
              .setAddress(isBracketed ? host.substring(1, host.length() - 1) : host)
              .setPort(Integer.parseInt(address.substring(colon + 1)))
              .setHealthy(true)
              .setWeight(1)
              .build());
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static Route route(String sni, String endpoints, String peer) {
    return Route.newBuilder()
        .setSni(sni)
        .setEndpoints(endpoints)
        .setService("consul")
        .setPeer(peer)
        .build();
  }

  private void routesAre(Answer now) {
    for (String gone : known.routes().keySet()) {
      if (!now.routes().containsKey(gone)) {
        resources.remove(ProxyResources.ROUTE, gone);
      }
    }
    for (String gone : known.endpoints().keySet()) {
      if (!now.endpoints().containsKey(gone)) {
        resources.remove(ProxyResources.ENDPOINTS, gone);
      }
    }
    // Endpoints first: a route never points to what the proxy doesn't know.
    now.endpoints().forEach((name, each) -> resources.put(ProxyResources.ENDPOINTS, name, each));
    now.routes().forEach((name, each) -> resources.put(ProxyResources.ROUTE, name, each));
    known = now;
    changed.accept(now.index());
  }

  void close() {
    query.ifPresent(WatchedQuery::close);
  }
}
