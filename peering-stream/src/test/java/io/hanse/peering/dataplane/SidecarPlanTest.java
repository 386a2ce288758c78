package io.hanse.peering.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.ConfigEntry;
import io.hanse.fsm.row.ConnectProxyConfig;
import io.hanse.fsm.row.FailoverTarget;
import io.hanse.fsm.row.HealthCheck;
import io.hanse.fsm.row.MeshGatewayConfig;
import io.hanse.fsm.row.Node;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PeeringServiceMeta;
import io.hanse.fsm.row.PeeringState;
import io.hanse.fsm.row.ReconcileImport;
import io.hanse.fsm.row.RegisterCatalog;
import io.hanse.fsm.row.ResolverFailover;
import io.hanse.fsm.row.ServiceConnect;
import io.hanse.fsm.row.ServiceResolver;
import io.hanse.fsm.row.Upstream;
import io.hanse.fsm.row.WriteConfigEntry;
import io.hanse.fsm.row.WritePeering;
import io.hanse.fsm.store.View;
import io.hanse.peering.LocalCluster;
import io.hanse.peering.proto.ProxyOpen;
import io.hanse.peering.proto.UpstreamRoute;
import io.hanse.peering.protocol.ProxyResources;
import io.hanse.peering.replication.SimCommands;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The ways of an upstream whose resolver fails over to a peer. */
class SidecarPlanTest {
  private static final String WAY = "web~web?peer=east";

  private final LocalCluster cluster = new LocalCluster();

  @BeforeEach
  void initialize() {
    submit(SimCommands.initialize("a1fa0000-0000-4000-8000-000000000001", "dc1"));
    submit(
        Command.newBuilder()
            .setWritePeering(
                WritePeering.newBuilder()
                    .setPeering(
                        Peering.newBuilder()
                            .setId("b2fb0000-0000-4000-8000-000000000002")
                            .setName("east")
                            .setState(PeeringState.PENDING)))
            .build());
    submit(failOver(ResolverFailover.newBuilder().addTargets(target("east")).build()));
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  @Test
  void shouldKeepAPeerWhoseGatewaysAreAllUnhealthy() {
    call("remote");
    for (String status : new String[] {"passing", "critical", "passing"}) {
      submit(imported(status));
      assertThat(route().getFallbacksList())
          .singleElement()
          .satisfies(
              way -> {
                assertThat(way.getName()).isEqualTo(WAY);
                assertThat(way.getEndpoints()).isEqualTo(SidecarSource.ofPeer("east", "web"));
                assertThat(way.getUnhealthy()).isFalse();
              });
    }
  }

  @Test
  void shouldSayInModeLocalThatAPeerIsUnhealthy() {
    call("local");
    assertThat(onlyFallback().getUnhealthy()).as("before it is imported").isTrue();
    submit(imported("critical"));
    assertThat(onlyFallback().getUnhealthy()).isTrue();
    assertThat(onlyFallback().getEndpoints()).isEqualTo(SidecarSource.GATEWAYS);
    submit(imported("passing"));
    assertThat(onlyFallback().getUnhealthy()).isFalse();
    assertThat(route().getUnhealthy()).isFalse();
  }

  @Test
  void shouldForgetAPeerThatTheResolverNamesNoMore() {
    call("remote");
    submit(imported("passing"));
    assertThat(onlyFallback().getName()).isEqualTo(WAY);
    submit(failOver(ResolverFailover.newBuilder().addTargets(target("north")).build()));
    assertThat(onlyFallback().getName()).isEqualTo("web~web?peer=north");
  }

  private UpstreamRoute onlyFallback() {
    assertThat(route().getFallbacksList()).hasSize(1);
    return route().getFallbacks(0);
  }

  private UpstreamRoute route() {
    ProxyOpen open = ProxyOpen.newBuilder().setNode("n1").setProxyId("front-proxy").build();
    try (View view = cluster.view()) {
      return SidecarPlan.of(view, open, new RefusedChains()).upstreams().get("web");
    }
  }

  private void call(String mode) {
    submit(
        Command.newBuilder()
            .setRegister(
                RegisterCatalog.newBuilder()
                    .setNode(Node.newBuilder().setNode("n1").setAddress("10.0.0.1"))
                    .setService(
                        NodeService.newBuilder()
                            .setKind(ProxyResources.SIDECAR)
                            .setId("front-proxy")
                            .setService("front-sidecar-proxy")
                            .setPort(21_000)
                            .setProxy(
                                ConnectProxyConfig.newBuilder()
                                    .setDestinationServiceName("front")
                                    .addUpstreams(
                                        Upstream.newBuilder()
                                            .setDestinationName("web")
                                            .setMeshGateway(
                                                MeshGatewayConfig.newBuilder().setMode(mode))))))
            .build());
  }

  private static FailoverTarget.Builder target(String peer) {
    return FailoverTarget.newBuilder().setService("web").setPeer(peer);
  }

  private static Command failOver(ResolverFailover failover) {
    return Command.newBuilder()
        .setWriteConfigEntry(
            WriteConfigEntry.newBuilder()
                .setEntry(
                    ConfigEntry.newBuilder()
                        .setKind("service-resolver")
                        .setName("web")
                        .setServiceResolver(
                            ServiceResolver.newBuilder().putFailover("*", failover))))
        .build();
  }

  /** What a peer sends of a mesh service: its gateways, here one with a check. */
  private static Command imported(String status) {
    NodeService.Builder twin =
        NodeService.newBuilder()
            .setKind(ProxyResources.SIDECAR)
            .setId("web-proxy")
            .setService("web-sidecar-proxy")
            .setPort(21_000)
            .setPeerName("east")
            .setProxy(ConnectProxyConfig.newBuilder().setDestinationServiceName("web"))
            .setConnect(
                ServiceConnect.newBuilder()
                    .setPeerMeta(PeeringServiceMeta.newBuilder().addSni("web.sni.of.east")));
    return Command.newBuilder()
        .setReconcileImport(
            ReconcileImport.newBuilder()
                .setPeer("east")
                .setService("web-sidecar-proxy")
                .addInstances(
                    CheckServiceNode.newBuilder()
                        .setNode(Node.newBuilder().setNode("e1").setAddress("10.1.0.1"))
                        .setService(twin)
                        .addChecks(
                            HealthCheck.newBuilder()
                                .setNode("e1")
                                .setCheckId("web-check")
                                .setServiceId("web-proxy")
                                .setPeerName("east")
                                .setStatus(status))))
        .build();
  }

  private void submit(Command command) {
    cluster.submit(command).join();
  }
}
