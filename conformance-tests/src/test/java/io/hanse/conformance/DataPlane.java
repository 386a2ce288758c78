package io.hanse.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.hanse.cli.program.FreePorts;
import io.hanse.http.RawClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A cluster's gateways, and the sidecar of its service, which says the cluster's name. */
final class DataPlane implements AutoCloseable {
  private static final String LOOPBACK = "127.0.0.1:";

  private final PeerCluster cluster;
  private final Path folder;
  private final HttpServer app;
  private final int gatewayPort;
  private final int secondGatewayPort;
  private final int sidecarPort;
  private final int upstreamPort;
  private final List<ProxyProcess> gateways = new ArrayList<>();
  private Optional<ProxyProcess> sidecar = Optional.empty();

  DataPlane(PeerCluster cluster, Path folder) throws IOException {
    this.cluster = cluster;
    this.folder = folder;
    FreePorts free = FreePorts.choose(4);
    gatewayPort = free.next();
    secondGatewayPort = free.next();
    sidecarPort = free.next();
    upstreamPort = free.next();
    app = HttpServer.create(loopback(0), 0);
    byte[] answer = cluster.name.getBytes(StandardCharsets.UTF_8);
    app.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    app.start();
  }

  /** Has the servers of this cluster dial, and be dialed, through its gateways. */
  void peerThroughGateways() throws IOException {
    cluster.write("{\"Kind\":\"mesh\",\"Peering\":{\"PeerThroughMeshGateways\":true}}");
  }

  ProxyProcess startGateway() throws IOException {
    return startGateway("gateway", "mesh-gateway", gatewayPort);
  }

  ProxyProcess startSecondGateway() throws IOException {
    return startGateway("second-gateway", "mesh-gateway-2", secondGatewayPort);
  }

  private ProxyProcess startGateway(String role, String service, int port) throws IOException {
    List<String> words = new ArrayList<>(cluster.product.gateway(grpc()));
    words.add("-service=" + service);
    words.add("-address=" + LOOPBACK + port);
    words.add("-wan-address=" + LOOPBACK + port);
    ProxyProcess gateway = new ProxyProcess(cluster, role, words, folder);
    gateways.add(gateway);
    return gateway;
  }

  /** The first of them. */
  ProxyProcess gateway() {
    return gateways.get(0);
  }

  /** Of its first gateway. */
  String gatewayAddress() {
    return LOOPBACK + gatewayPort;
  }

  /** How many connections to a name its gateways have made since they started. */
  long relayed(String serverName) throws IOException {
    long sum = 0;
    for (ProxyProcess gateway : gateways) {
      sum += gateway.relayed(serverName);
    }
    return sum;
  }

  /** Registers the service, which calls the peer's through both gateways, and is called by it. */
  void startSidecar(PeerCluster peer) throws IOException {
    cluster.register(
        app.getAddress().getPort(),
        "{\"Port\":"
            + sidecarPort
            + ",\"Checks\":[{\"Name\":\"listens\",\"TCP\":\"127.0.0.1:"
            + sidecarPort
            + "\",\"Interval\":\"1s\"}],\"Proxy\":{\"Upstreams\":[{\"DestinationName\":\""
            + peer.service()
            + "\",\"DestinationPeer\":\""
            + cluster.callOf(peer)
            + "\",\"LocalBindPort\":"
            + upstreamPort
            + ",\"MeshGateway\":{\"Mode\":\"local\"}}]}}");
    cluster.write(
        "{\"Kind\":\"service-intentions\",\"Name\":\""
            + cluster.service()
            + "\",\"Sources\":[{\"Name\":\""
            + peer.service()
            + "\",\"Peer\":\""
            + cluster.callOf(peer)
            + "\",\"Action\":\"allow\"}]}");
    List<String> words = new ArrayList<>(cluster.product.sidecar(grpc()));
    words.add("-sidecar-for=app");
    sidecar = Optional.of(new ProxyProcess(cluster, "sidecar", words, folder));
  }

  private String grpc() {
    return LOOPBACK + cluster.home.ports().get("grpc");
  }

  /** Where the service reaches the peer's. */
  InetSocketAddress upstream() {
    return loopback(upstreamPort);
  }

  /** Where the sidecar takes calls for the service. */
  InetSocketAddress inbound() {
    return loopback(sidecarPort);
  }

  /** Waits until the peer's service answers to this one's. */
  void awaitCall(PeerCluster peer) {
    await(cluster.name + "'s service calls " + peer.name + "'s")
        .atMost(PeerCluster.PATIENCE)
        .ignoreExceptions()
        .untilAsserted(
            () ->
                assertThat(RawClient.exchange(upstream(), "GET", "/", Map.of(), null).text())
                    .isEqualTo(peer.name));
  }

  private static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  @Override
  public void close() {
    app.stop(0);
    sidecar.ifPresent(ProxyProcess::close);
    gateways.forEach(ProxyProcess::close);
  }
}
