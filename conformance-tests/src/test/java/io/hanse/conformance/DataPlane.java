package io.hanse.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.hanse.cli.program.FreePorts;
import io.hanse.cli.value.JsonText;
import io.hanse.http.RawClient;
import io.hanse.http.RawClient.Response;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A cluster's gateway, and the sidecar of its service, which says the cluster's name. */
final class DataPlane implements AutoCloseable {
  private static final String LOOPBACK = "127.0.0.1:";
  private static final long STOP_SECONDS_MAX = 10;

  final int gatewayPort;
  private final PeerCluster cluster;
  private final Path folder;
  private final HttpServer app;
  private final int gatewayAdmin;
  private final int sidecarPort;
  private final int sidecarAdmin;
  private final int upstreamPort;
  private final Map<String, Process> processes = new HashMap<>();

  DataPlane(PeerCluster cluster, Path folder) throws IOException {
    this.cluster = cluster;
    this.folder = folder;
    FreePorts free = FreePorts.choose(5);
    gatewayPort = free.next();
    gatewayAdmin = free.next();
    sidecarPort = free.next();
    sidecarAdmin = free.next();
    upstreamPort = free.next();
    app = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
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
    words.add("-address=" + LOOPBACK + gatewayPort);
    words.add("-wan-address=" + LOOPBACK + gatewayPort);
    start("gateway", words, gatewayAdmin);
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
    start("sidecar", words, sidecarAdmin);
  }

  private String grpc() {
    return LOOPBACK + cluster.home.ports().get("grpc");
  }

  private void start(String role, List<String> words, int adminPort) throws IOException {
    List<String> command = new ArrayList<>(List.of(cluster.product.program().toString()));
    command.addAll(words);
    command.add("-http-addr=" + LOOPBACK + cluster.home.http().getPort());
    command.add("-admin-bind=" + LOOPBACK + adminPort);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve(cluster.name + "-" + role + ".log").toFile());
    builder.environment().put("HANSE_JVM_FLAGS", "-XX:TieredStopAtLevel=1");
    builder.environment().put("TMPDIR", folder.toString());
    processes.put(role, builder.start());
    await(cluster.name + "'s " + role + " is ready")
        .atMost(PeerCluster.PATIENCE)
        .ignoreExceptions()
        .until(() -> get(adminPort, "/ready").status() == 200);
  }

  /** How many connections to a name the gateway has made since its start. */
  long relayed(String serverName) throws IOException {
    if (cluster.product == Product.HANSE) {
      return JsonText.parse(get(gatewayAdmin, "/status").text()).at("routes").items().stream()
          .filter(route -> route.at("name").text().equals(serverName))
          .mapToLong(route -> route.at("connections").whole())
          .sum();
    }
    Pattern line = Pattern.compile("^" + Pattern.quote(serverName) + "::.*::cx_total::(\\d+)$");
    return get(gatewayAdmin, "/clusters")
        .text()
        .lines()
        .map(line::matcher)
        .filter(Matcher::matches)
        .mapToLong(each -> Long.parseLong(each.group(1)))
        .sum();
  }

  /** Waits until the peer's service answers to this one's. */
  void awaitCall(PeerCluster peer) {
    await(cluster.name + "'s service calls " + peer.name + "'s")
        .atMost(PeerCluster.PATIENCE)
        .ignoreExceptions()
        .untilAsserted(() -> assertThat(get(upstreamPort, "/").text()).isEqualTo(peer.name));
  }

  private static Response get(int port, String path) throws IOException {
    return RawClient.exchange(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), port), "GET", path, Map.of(), null);
  }

  /** Ends the gateway as a failure would. */
  void loseGateway() throws InterruptedException {
    processes.remove("gateway").destroyForcibly().waitFor();
  }

  @Override
  public void close() {
    app.stop(0);
    for (Process process : processes.values()) {
      process.destroy();
    }
    try {
      for (Process process : processes.values()) {
        if (!process.waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      }
    } catch (InterruptedException e) {
      processes.values().forEach(Process::destroyForcibly);
      Thread.currentThread().interrupt();
    }
  }
}
