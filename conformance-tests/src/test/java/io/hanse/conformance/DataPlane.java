package io.hanse.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
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
  private static final String CALLER = "caller";

  private final PeerCluster cluster;
  private final Path folder;
  private final HttpServer app;
  private final int gatewayPort;
  private final int secondGatewayPort;
  private final int sidecarPort;
  private final int upstreamPort;
  private final int callerUpstreamPort;
  private final List<ProxyProcess> gateways = new ArrayList<>();
  private Optional<ProxyProcess> sidecar = Optional.empty();
  private Optional<ProxyProcess> caller = Optional.empty();

  DataPlane(PeerCluster cluster, Path folder) throws IOException {
    this.cluster = cluster;
    this.folder = folder;
    FreePorts free = FreePorts.choose(5);
    gatewayPort = free.next();
    secondGatewayPort = free.next();
    sidecarPort = free.next();
    upstreamPort = free.next();
    callerUpstreamPort = free.next();
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
    if (cluster.product == Product.HANSE) {
      awaitPassing(service);
    }
    return gateway;
  }

  /** Its servers go out through a gateway first only when that passes its check. */
  private void awaitPassing(String service) {
    await(cluster.name + "'s " + service + " passes")
        .atMost(PeerCluster.PATIENCE)
        .until(
            () ->
                !cluster
                    .json("GET", "/v1/health/service/" + service + "?passing", "")
                    .items()
                    .isEmpty());
  }

  /** The first of them. */
  ProxyProcess gateway() {
    return gateways.get(0);
  }

  List<ProxyProcess> gateways() {
    return List.copyOf(gateways);
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
            + "\",\"Interval\":\"1s\"},{\"Name\":\"follows\",\"AliasService\":\"app\"}],"
            + "\"Proxy\":{\"Upstreams\":[{\"DestinationName\":\""
            + peer.service()
            + "\",\"DestinationPeer\":\""
            + cluster.callOf(peer)
            + "\",\"LocalBindPort\":"
            + upstreamPort
            + ",\"MeshGateway\":{\"Mode\":\"local\"}}]}}");
    cluster.write(
        """
        {"Kind":"service-intentions", "Name":"%1$s", "Sources":[
          {"Name":"%2$s", "Peer":"%4$s", "Action":"allow"},
          {"Name":"%3$s", "Peer":"%4$s", "Action":"allow"},
          {"Name":"%3$s", "Action":"allow"}]}
        """
            .formatted(cluster.service(), peer.service(), CALLER, cluster.callOf(peer)));
    List<String> words = new ArrayList<>(cluster.product.sidecar(grpc()));
    words.add("-sidecar-for=app");
    sidecar = Optional.of(new ProxyProcess(cluster, "sidecar", words, folder));
  }

  /** Registers another service, which calls this cluster's own. */
  void startCaller() throws IOException {
    cluster.json(
        "PUT",
        "/v1/agent/service/register",
        """
        {"Name":"%1$s", "ID":"%1$s", "Port":1, "Connect":{"SidecarService":{
          "Port":%2$d, "Proxy":{"Upstreams":[{"DestinationName":"%3$s", "LocalBindPort":%4$d,
                                              "MeshGateway":{"Mode":"local"}}]}}}}
        """
            .formatted(CALLER, FreePorts.choose(1).next(), cluster.service(), callerUpstreamPort));
    List<String> words = new ArrayList<>(cluster.product.sidecar(grpc()));
    words.add("-sidecar-for=" + CALLER);
    caller = Optional.of(new ProxyProcess(cluster, CALLER, words, folder));
  }

  /** Waits until the caller is answered by this one's service, be it here or in the peer. */
  void awaitAnswer(PeerCluster answering) {
    awaitAnswer(callerUpstreamPort, answering);
  }

  private String grpc() {
    return LOOPBACK + cluster.home.ports().get("grpc");
  }

  ProxyProcess sidecar() {
    return sidecar.orElseThrow();
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
    awaitAnswer(upstreamPort, peer);
  }

  /** Waits until nobody answers for the peer's service. */
  void awaitNoCall() {
    await(cluster.name + " calls nobody")
        .atMost(PeerCluster.PATIENCE)
        .untilAsserted(
            () ->
                assertThatThrownBy(() -> RawClient.exchange(upstream(), "GET", "/", Map.of(), null))
                    .isInstanceOf(IOException.class));
  }

  private void awaitAnswer(int port, PeerCluster answering) {
    await(cluster.name + " calls " + answering.name + "'s service")
        .atMost(PeerCluster.PATIENCE)
        .ignoreExceptions()
        .untilAsserted(
            () ->
                assertThat(RawClient.exchange(loopback(port), "GET", "/", Map.of(), null).text())
                    .isEqualTo(answering.name));
  }

  private static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  @Override
  public void close() {
    app.stop(0);
    caller.ifPresent(ProxyProcess::close);
    sidecar.ifPresent(ProxyProcess::close);
    gateways.forEach(ProxyProcess::close);
  }
}
