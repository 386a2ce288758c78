package io.hanse.gateway;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.hanse.fsm.row.ConnectProxyConfig;
import io.hanse.fsm.row.MeshGatewayConfig;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.row.Upstream;
import io.hanse.fsm.row.Weights;
import io.hanse.gateway.relay.TestBackend;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Two clusters with a gateway and a sidecar each: "web" of west may call "db" of east. East calls
 * west "west", west calls east "east-1".
 */
final class TestMesh implements AutoCloseable {
  final TestCluster east;
  final TestCluster west;
  final TestBackend app;
  final GatewayServer eastGateway;
  final GatewayServer westGateway;
  final SidecarProxy eastSidecar;
  final SidecarProxy westSidecar;

  /** Where "web" finds "db" of east. */
  final int upstreamPort = TestBackend.deadPort();

  /** Where "web" finds "cache" of its own cluster. */
  final int localUpstreamPort = TestBackend.deadPort();

  private final int webPort = TestBackend.deadPort();
  private final List<AutoCloseable> running = new ArrayList<>();

  /** With the gateway of east where west looks for it. */
  static TestMesh start() throws Exception {
    return new TestMesh(gateway(TestBackend.deadPort()));
  }

  /**
   * With something between the clusters that the test brings along.
   *
   * @param front the port where west looks for the gateway of east
   * @param bind the port where that gateway listens
   */
  static TestMesh startBehind(int front, int bind) throws Exception {
    Struct at =
        Struct.newBuilder()
            .putFields("address", Value.newBuilder().setStringValue("127.0.0.1").build())
            .putFields("port", Value.newBuilder().setNumberValue(bind).build())
            .build();
    Struct addresses =
        Struct.newBuilder()
            .putFields("behind", Value.newBuilder().setStructValue(at).build())
            .build();
    NodeService.Builder gateway = gateway(front).toBuilder();
    gateway
        .getProxyBuilder()
        .getConfigBuilder()
        .putFields("envoy_gateway_no_default_bind", Value.newBuilder().setBoolValue(true).build())
        .putFields(
            "envoy_gateway_bind_addresses", Value.newBuilder().setStructValue(addresses).build());
    return new TestMesh(gateway.build());
  }

  private TestMesh(NodeService gatewayOfEast) throws Exception {
    east = started(new TestCluster("dc1", false));
    west = started(new TestCluster("dc2", false));
    app = started(new TestBackend());
    east.peerWith(west, "west");
    west.peerWith(east, "east-1");
    east.register(gatewayOfEast, "passing");
    east.register(sidecar("db", TestBackend.deadPort(), app.port()).build(), "passing");
    east.export("db", "west");
    east.intention("db", "west", "web", "allow");
    west.importFrom(east, "east-1", "west", "db");
    west.register(gateway(TestBackend.deadPort()), "passing");
    registerWeb("remote");
    eastGateway = started(GatewayServer.start(settings("gateway"), east.contact("gateway")));
    eastSidecar = started(SidecarProxy.start(settings("db-proxy"), east.contact("db-proxy")));
    westSidecar = started(SidecarProxy.start(settings("web-proxy"), west.contact("web-proxy")));
    westGateway = started(GatewayServer.start(settings("gateway"), west.contact("gateway")));
    for (CompletableFuture<Void> ready :
        List.of(
            eastGateway.ready(), eastSidecar.ready(), westSidecar.ready(), westGateway.ready())) {
      ready.get(20, TimeUnit.SECONDS);
    }
  }

  /** Has it closed with the rest. */
  <T extends AutoCloseable> T started(T each) {
    running.add(each);
    return each;
  }

  /** Says by which gateways "web" reaches east. */
  void registerWeb(String mode) {
    registerWeb(mode, upstreamPort, localUpstreamPort);
  }

  /** Says, too, where "web" is to find its upstreams. */
  void registerWeb(String mode, int upstream, int localUpstream) {
    NodeService.Builder web = sidecar("web", webPort, 1);
    web.getProxyBuilder()
        .addUpstreams(
            Upstream.newBuilder()
                .setDestinationType("service")
                .setDestinationName("db")
                .setDestinationPeer("east-1")
                .setLocalBindPort(upstream)
                .setMeshGateway(MeshGatewayConfig.newBuilder().setMode(mode)))
        .addUpstreams(
            Upstream.newBuilder()
                .setDestinationType("service")
                .setDestinationName("cache")
                .setLocalBindPort(localUpstream));
    west.register(web.build(), "passing");
  }

  static NodeService gateway(int port) {
    return NodeService.newBuilder()
        .setKind("mesh-gateway")
        .setId("gateway")
        .setService("mesh-gateway")
        .setAddress("127.0.0.1")
        .setPort(port)
        .setWeights(Weights.newBuilder().setPassing(1).setWarning(1))
        .build();
  }

  static NodeService.Builder sidecar(String service, int port, int appPort) {
    return NodeService.newBuilder()
        .setKind("connect-proxy")
        .setId(service + "-proxy")
        .setService(service + "-sidecar-proxy")
        .setAddress("127.0.0.1")
        .setPort(port)
        .setWeights(Weights.newBuilder().setPassing(1).setWarning(1))
        .setProxy(
            ConnectProxyConfig.newBuilder()
                .setDestinationServiceName(service)
                .setDestinationServiceId(service)
                .setLocalServicePort(appPort));
  }

  static ProxySettings settings(String id) {
    return ProxySettings.of(id)
        .withAdminBind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  @Override
  public void close() {
    Collections.reverse(running);
    for (AutoCloseable each : running) {
      try {
        each.close();
      } catch (Exception e) {
        throw new IllegalStateException("closing " + each, e);
      }
    }
  }
}
