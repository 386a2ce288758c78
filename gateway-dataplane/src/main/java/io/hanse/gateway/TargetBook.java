package io.hanse.gateway;

import io.hanse.gateway.feed.ProxySnapshot;
import io.hanse.gateway.route.RouteCompiler;
import io.hanse.peering.proto.Endpoints;
import io.hanse.peering.proto.UpstreamRoute;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Brings the endpoints of snapshots to the pickers, those that changed only. A list that is gone
 * leaves nobody to pick; its picker stays as long as anything names it, for if the list is back it
 * is that picker which connections ask.
 */
final class TargetBook {
  private final RouteCompiler compiler;
  private Map<String, Endpoints> known = Map.of();

  TargetBook(RouteCompiler compiler) {
    this.compiler = compiler;
  }

  void update(ProxySnapshot snapshot) {
    Map<String, Endpoints> before = known;
    known = snapshot.endpoints();
    before.keySet().stream()
        .filter(name -> !known.containsKey(name))
        .forEach(name -> compiler.endpointsChanged(name, Endpoints.getDefaultInstance()));
    known.forEach(
        (name, endpoints) -> {
          if (!Objects.equals(endpoints, before.get(name))) {
            compiler.endpointsChanged(name, endpoints);
          }
        });
    compiler.retainEndpoints(named(snapshot));
  }

  private static Set<String> named(ProxySnapshot snapshot) {
    Set<String> names = new HashSet<>(snapshot.endpoints().keySet());
    snapshot.routes().values().forEach(route -> names.add(route.getEndpoints()));
    for (UpstreamRoute upstream : snapshot.upstreams().values()) {
      names.add(upstream.getEndpoints());
      upstream.getFallbacksList().forEach(fallback -> names.add(fallback.getEndpoints()));
    }
    return names;
  }
}
