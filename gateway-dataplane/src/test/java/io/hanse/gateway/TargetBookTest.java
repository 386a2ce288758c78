package io.hanse.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.gateway.feed.ProxySnapshot;
import io.hanse.gateway.route.EndpointPicker;
import io.hanse.gateway.route.RouteCompiler;
import io.hanse.peering.proto.Endpoint;
import io.hanse.peering.proto.Endpoints;
import io.hanse.peering.proto.Intentions;
import io.hanse.peering.proto.ProxyConfig;
import io.hanse.peering.proto.Route;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TargetBookTest {
  private static final Route ROUTE = Route.newBuilder().setSni("db").setEndpoints("db").build();
  private static final Map<String, Route> ROUTED = Map.of("db", ROUTE);
  private static final Map<String, Endpoints> ONE =
      Map.of(
          "db",
          Endpoints.newBuilder()
              .setName("db")
              .addEndpoints(
                  Endpoint.newBuilder()
                      .setAddress("127.0.0.1")
                      .setPort(1)
                      .setHealthy(true)
                      .setWeight(1))
              .build());

  private final RouteCompiler compiler = new RouteCompiler(() -> 0);
  private final TargetBook book = new TargetBook(compiler);

  @Test
  void shouldKeepThePickerOfARouteWhoseEndpointsAreBack() {
    book.update(snapshot(ROUTED, ONE));
    EndpointPicker used = picker();
    book.update(snapshot(ROUTED, Map.of()));
    assertThat(used.healthyCount()).as("nobody is known any more").isZero();
    book.update(snapshot(ROUTED, ONE));
    assertThat(used.healthyCount()).isOne();
    assertThat(picker()).isSameAs(used);
  }

  @Test
  void shouldForgetThePickerThatNothingNames() {
    book.update(snapshot(ROUTED, ONE));
    EndpointPicker used = picker();
    book.update(snapshot(Map.of(), Map.of()));
    assertThat(picker()).isNotSameAs(used);
  }

  /** As the route has it, which is compiled anew only where it changed. */
  private EndpointPicker picker() {
    return compiler.compile(ROUTED.values()).targets().iterator().next().picker();
  }

  private static ProxySnapshot snapshot(
      Map<String, Route> routes, Map<String, Endpoints> endpoints) {
    return new ProxySnapshot(
        ProxyConfig.getDefaultInstance(),
        routes,
        endpoints,
        Map.of(),
        Intentions.getDefaultInstance(),
        Map.of(),
        1);
  }
}
