package io.hanse.gateway.route;

import io.hanse.peering.proto.Endpoint;
import io.hanse.peering.proto.Endpoints;
import io.hanse.peering.proto.Route;
import io.hanse.peering.proto.UpstreamRoute;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Turns what the servers sent into the table that connections look up. It decides nothing about who
 * may go where: the servers did. Used by one thread; what it makes is read by all.
 */
public final class RouteCompiler {
  private static final int PORT_MAX = 65535;
  private static final int NAME_BYTES_MAX = 255;
  private static final int CONNECT_MILLIS_MAX = 600_000;

  private final LongSupplier nanoClock;
  private final Map<String, EndpointPicker> pickers = new LinkedHashMap<>();
  private final TargetUsages usages = new TargetUsages();
  private RouteTable table = RouteTable.EMPTY;

  public RouteCompiler(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  /** Why a route can't be used. */
  public static Optional<String> refusal(Route route) {
    String sni = route.getSni();
    if (sni.isEmpty() || sni.length() > NAME_BYTES_MAX) {
      return Optional.of("route " + quoted(sni) + " has an illegal server name");
    }
    if (route.getEndpoints().isEmpty()) {
      return Optional.of("route " + quoted(sni) + " names no endpoints");
    }
    return refusal("route", sni, route.getConnectTimeoutMillis());
  }

  /** Why a list of endpoints can't be used. */
  public static Optional<String> refusal(Endpoints endpoints) {
    for (Endpoint endpoint : endpoints.getEndpointsList()) {
      String address = endpoint.getAddress();
      if (address.isEmpty() || address.length() > NAME_BYTES_MAX) {
        return Optional.of("endpoints " + quoted(endpoints.getName()) + " have no address");
      }
      if (endpoint.getPort() < 1 || endpoint.getPort() > PORT_MAX) {
        return Optional.of(
            "endpoints " + quoted(endpoints.getName()) + " have port " + endpoint.getPort());
      }
    }
    return Optional.empty();
  }

  /** Why an upstream can't be used. One that may not be dialed yet is no reason. */
  public static Optional<String> refusal(UpstreamRoute upstream) {
    if (upstream.getName().isEmpty() || upstream.getEndpoints().isEmpty()) {
      return Optional.of("upstream " + quoted(upstream.getName()) + " names no endpoints");
    }
    int port = upstream.getUpstream().getLocalBindPort();
    if (port < 0 || port > PORT_MAX) {
      return Optional.of("upstream " + quoted(upstream.getName()) + " has port " + port);
    }
    for (UpstreamRoute fallback : upstream.getFallbacksList()) {
      Optional<String> refusal = refusal(fallback);
      if (refusal.isPresent()) {
        return refusal;
      }
    }
    return refusal("upstream", upstream.getName(), upstream.getConnectTimeoutMillis());
  }

  private static Optional<String> refusal(String what, String name, int connectMillis) {
    return connectMillis < 0 || connectMillis > CONNECT_MILLIS_MAX
        ? Optional.of(what + " " + quoted(name) + " has a connect timeout of " + connectMillis)
        : Optional.empty();
  }

  /** The choice among a list of endpoints; empty until {@link #endpointsChanged}. */
  public EndpointPicker picker(String endpoints) {
    return pickers.computeIfAbsent(endpoints, name -> new EndpointPicker(nanoClock));
  }

  /** Takes effect for the next connection, without a new table. */
  public void endpointsChanged(String name, Endpoints endpoints) {
    picker(name).update(endpoints.getEndpointsList());
  }

  /** Makes the table of all routes; those that have not changed keep their target. */
  public RouteTable compile(Iterable<Route> routes) {
    Map<String, Target> exact = new LinkedHashMap<>();
    for (Route route : routes) {
      Target made = target(route);
      exact.put(made.name(), made);
    }
    usages.retain(exact.keySet());
    table = new RouteTable(exact);
    return table;
  }

  /** Forgets lists of endpoints that nothing names any more. */
  public void retainEndpoints(Iterable<String> names) {
    Map<String, EndpointPicker> kept = new LinkedHashMap<>();
    for (String name : names) {
      EndpointPicker picker = pickers.get(name);
      if (picker != null) {
        kept.put(name, picker);
      }
    }
    pickers.keySet().retainAll(kept.keySet());
  }

  private Target target(Route route) {
    String name = route.getSni().toLowerCase(Locale.ROOT);
    Optional<Target> before = table.find(name);
    Target made =
        new Target(
            name,
            route.getService(),
            route.getPeer(),
            route.getConnectTimeoutMillis(),
            picker(route.getEndpoints()),
            usages.of(name));
    return before.filter(made::equals).orElse(made);
  }

  private static String quoted(String name) {
    return '"' + name + '"';
  }
}
