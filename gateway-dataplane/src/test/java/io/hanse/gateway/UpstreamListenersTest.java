package io.hanse.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.row.Upstream;
import io.hanse.gateway.feed.ProxySnapshot;
import io.hanse.gateway.route.RouteCompiler;
import io.hanse.gateway.route.Target;
import io.hanse.gateway.route.TargetUsage;
import io.hanse.identity.LeafKeys;
import io.hanse.peering.proto.Intentions;
import io.hanse.peering.proto.ProxyConfig;
import io.hanse.peering.proto.UpstreamRoute;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class UpstreamListenersTest {
  private static final String WAY = "web~web?peer=east";

  private final ProxyRuntime runtime =
      new ProxyRuntime(
          ProxySettings.of("front-proxy"),
          "connect-proxy",
          () -> {
            throw new IOException("never started");
          },
          snapshot -> {});
  private final UpstreamListeners listeners =
      new UpstreamListeners(runtime, new RouteCompiler(() -> 0), new LeafKeys(() -> null));

  @AfterEach
  void stop() {
    runtime.close();
  }

  @Test
  void shouldEndConnectionsOfAWayThatIsNamedNoMore() {
    update(upstream(true));
    TargetUsage usage = usage(WAY);
    update(upstream(false));
    assertThat(usage.isGone()).isTrue();
    assertThat(listeners.targets()).extracting(Target::name).containsExactly("web");
  }

  @Test
  void shouldKeepConnectionsOfAWayThatIsBack() {
    update(upstream(true));
    TargetUsage usage = usage(WAY);
    assertThat(usage.enter(1)).isTrue();
    update(upstream(false));
    update(upstream(true));
    assertThat(usage.isGone()).isFalse();
    assertThat(usage(WAY)).isSameAs(usage);
  }

  @Test
  void shouldEndConnectionsOfAnUpstreamThatIsRemoved() {
    update(upstream(true));
    TargetUsage first = usage("web");
    TargetUsage second = usage(WAY);
    listeners.update(snapshot(Map.of()), MeshRoots.of(snapshot(Map.of())));
    assertThat(first.isGone()).isTrue();
    assertThat(second.isGone()).isTrue();
    assertThat(listeners.targets()).isEmpty();
  }

  private TargetUsage usage(String name) {
    return listeners.targets().stream()
        .filter(target -> target.name().equals(name))
        .findFirst()
        .orElseThrow()
        .usage();
  }

  private void update(UpstreamRoute route) {
    ProxySnapshot snapshot = snapshot(Map.of(route.getName(), route));
    listeners.update(snapshot, MeshRoots.of(snapshot));
  }

  /** Without a port: nothing listens. */
  private static UpstreamRoute upstream(boolean failsOver) {
    UpstreamRoute.Builder route =
        UpstreamRoute.newBuilder()
            .setName("web")
            .setEndpoints("local/web")
            .setUpstream(Upstream.newBuilder().setDestinationName("web"));
    if (failsOver) {
      route.addFallbacks(
          UpstreamRoute.newBuilder()
              .setName(WAY)
              .setEndpoints("peer/east/web")
              .setUpstream(
                  Upstream.newBuilder().setDestinationName("web").setDestinationPeer("east")));
    }
    return route.build();
  }

  private static ProxySnapshot snapshot(Map<String, UpstreamRoute> upstreams) {
    return new ProxySnapshot(
        ProxyConfig.newBuilder().setTrustDomain("ours.consul").addRootPems("own").build(),
        Map.of(),
        Map.of(),
        upstreams,
        Intentions.getDefaultInstance(),
        Map.of(),
        1);
  }
}
