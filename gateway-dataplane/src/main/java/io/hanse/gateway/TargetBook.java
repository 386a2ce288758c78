package io.hanse.gateway;

import io.hanse.gateway.feed.ProxySnapshot;
import io.hanse.gateway.route.RouteCompiler;
import io.hanse.peering.proto.Endpoints;
import java.util.Map;
import java.util.Objects;

/** Brings the endpoints of snapshots to the pickers, those that changed only. */
final class TargetBook {
  private final RouteCompiler compiler;
  private Map<String, Endpoints> known = Map.of();

  TargetBook(RouteCompiler compiler) {
    this.compiler = compiler;
  }

  void update(ProxySnapshot snapshot) {
    Map<String, Endpoints> before = known;
    known = snapshot.endpoints();
    known.forEach(
        (name, endpoints) -> {
          if (!Objects.equals(endpoints, before.get(name))) {
            compiler.endpointsChanged(name, endpoints);
          }
        });
    compiler.retainEndpoints(known.keySet());
  }
}
