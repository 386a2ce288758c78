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

/** A cluster's gateway, and the sidecar of its service, which says the cluster's name. */
final class DataPlane implements AutoCloseable {
  private static final String LOOPBACK = "127.0.0.1:";

  private final PeerCluster cluster;
  private final Path folder;
  private final HttpServer app;
  private final int gatewayPort;
  private final int sidecarPort;
  private final int upstreamPort;
  private Optional<ProxyProcess> gateway = Optional.empty();
  private Optional<ProxyProcess> sidecar = Optional.empty();

  DataPlane(PeerCluster cluster, Path folder) throws IOException {
    this.cluster = cluster;
    this.folder = folder;
    FreePorts free = FreePorts.choose(3);
    gatewayPort = free.next();
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

  void startGateway() throws IOException {
    List<String> words = new ArrayList<>(cluster.product.gateway(grpc()));
    words.add("-address=" + gatewayAddress());
    words.add("-wan-address=" + gatewayAddress());
    gateway = Optional.of(new ProxyProcess(cluster, "gateway", words, folder));
  }

  String gatewayAddress() {
    return LOOPBACK + gatewayPort;
  }

  /** How many connections to a name its gateway has made since it started. */
  long relayed(String serverName) throws IOException {
    return gateway.orElseThrow().relayed(serverName);
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

  /** Waits until the peer's service answers to this one's. */
  void awaitCall(PeerCluster peer) {
    await(cluster.name + "'s service calls " + peer.name + "'s")
        .atMost(PeerCluster.PATIENCE)
        .ignoreExceptions()
        .untilAsserted(
            () ->
                assertThat(
                        RawClient.exchange(loopback(upstreamPort), "GET", "/", Map.of(), null)
                            .text())
                    .isEqualTo(peer.name));
  }

  private static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  @Override
  public void close() {
    app.stop(0);
    sidecar.ifPresent(ProxyProcess::close);
    gateway.ifPresent(ProxyProcess::close);
  }
}
