package io.hanse.gateway.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.row.Upstream;
import io.hanse.peering.proto.Endpoint;
import io.hanse.peering.proto.Endpoints;
import io.hanse.peering.proto.Route;
import io.hanse.peering.proto.UpstreamRoute;
import java.util.List;
import org.junit.jupiter.api.Test;

class RouteCompilerTest {
  private final RouteCompiler compiler = new RouteCompiler(() -> 0);

  @Test
  void shouldFindNamesWithoutRegardToCase() {
    RouteTable table = compiler.compile(List.of(route("DB.default.DC1.internal.td", "db")));
    assertThat(table.find("db.default.dc1.internal.td")).isPresent();
    assertThat(table.find("db.default.dc1.internal.td.")).isEmpty();
    assertThat(table.size()).isOne();
  }

  @Test
  void shouldKeepTargetsThatDidNotChange() {
    Target db = compiler.compile(List.of(route("a", "db"))).find("a").orElseThrow();
    RouteTable same = compiler.compile(List.of(route("a", "db"), route("b", "db")));
    assertThat(same.find("a")).containsSame(db);
    assertThat(same.find("b").orElseThrow().picker()).isSameAs(db.picker());
    Target moved = compiler.compile(List.of(route("a", "other"))).find("a").orElseThrow();
    assertThat(moved.picker()).isNotSameAs(db.picker());
    assertThat(moved.usage()).isSameAs(db.usage());
  }

  @Test
  void shouldMarkTargetsThatAreGone() {
    Target db = compiler.compile(List.of(route("a", "db"))).find("a").orElseThrow();
    compiler.compile(List.of(route("b", "db")));
    assertThat(db.usage().isGone()).isTrue();
  }

  @Test
  void shouldReviveTargetsThatAreBackWhileTheyAreUsed() {
    Target db = compiler.compile(List.of(route("a", "db"))).find("a").orElseThrow();
    assertThat(db.usage().enter(1)).isTrue();
    compiler.compile(List.of());
    Target back = compiler.compile(List.of(route("A", "db"))).find("a").orElseThrow();
    assertThat(back.usage()).isSameAs(db.usage());
    assertThat(db.usage().isGone()).isFalse();
  }

  @Test
  void shouldForgetTargetsThatNobodyUses() {
    Target db = compiler.compile(List.of(route("a", "db"))).find("a").orElseThrow();
    compiler.compile(List.of());
    Target back = compiler.compile(List.of(route("a", "db"))).find("a").orElseThrow();
    assertThat(back.usage()).isNotSameAs(db.usage());
    assertThat(db.usage().isGone()).isTrue();
  }

  @Test
  void shouldTakeNewEndpointsWithoutANewTable() {
    Target db = compiler.compile(List.of(route("a", "db"))).find("a").orElseThrow();
    assertThat(db.picker().pick(List.of())).isEmpty();
    compiler.endpointsChanged("db", endpoints("db", "127.0.0.1", 1));
    assertThat(db.picker().pick(List.of())).isPresent();
  }

  @Test
  void shouldSayWhyAResourceIsRefused() {
    assertThat(RouteCompiler.refusal(route("", "db"))).isPresent();
    assertThat(RouteCompiler.refusal(route("a".repeat(256), "db"))).isPresent();
    assertThat(RouteCompiler.refusal(route("a", ""))).isPresent();
    assertThat(RouteCompiler.refusal(route("a", "db"))).isEmpty();
    assertThat(RouteCompiler.refusal(endpoints("db", "127.0.0.1", 0))).isPresent();
    assertThat(RouteCompiler.refusal(endpoints("db", "", 1))).isPresent();
    assertThat(RouteCompiler.refusal(endpoints("db", "gw.example", 443))).isEmpty();
    assertThat(RouteCompiler.refusal(upstream(70_000))).contains("upstream \"db\" has port 70000");
    assertThat(RouteCompiler.refusal(upstream(0))).isEmpty();
  }

  private static UpstreamRoute upstream(int port) {
    return UpstreamRoute.newBuilder()
        .setName("db")
        .setEndpoints("db")
        .setUpstream(Upstream.newBuilder().setLocalBindPort(port))
        .build();
  }

  private static Route route(String sni, String endpoints) {
    return Route.newBuilder().setSni(sni).setEndpoints(endpoints).build();
  }

  private static Endpoints endpoints(String name, String address, int port) {
    return Endpoints.newBuilder()
        .setName(name)
        .addEndpoints(
            Endpoint.newBuilder().setAddress(address).setPort(port).setHealthy(true).setWeight(1))
        .build();
  }
}
