package io.hanse.gateway;

import static io.hanse.gateway.relay.TestBackend.connect;
import static io.hanse.gateway.relay.TestBackend.drain;
import static io.hanse.gateway.relay.TestBackend.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hanse.fsm.row.ConfigEntry;
import io.hanse.fsm.row.ConnectProxyConfig;
import io.hanse.fsm.row.FailoverTarget;
import io.hanse.fsm.row.MeshGatewayConfig;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.row.ResolverFailover;
import io.hanse.fsm.row.ServiceResolver;
import io.hanse.fsm.row.Upstream;
import io.hanse.fsm.row.Weights;
import io.hanse.gateway.relay.CloseReason;
import io.hanse.gateway.relay.TestBackend;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Two clusters with gateways and sidecars, end to end: an application of west calls one of east's.
 * East calls west "west", west calls east "east-1".
 */
@Execution(ExecutionMode.CONCURRENT)
class MeshIT {
  private static final byte[] HELLO = "hello".getBytes(StandardCharsets.US_ASCII);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Whoever is not served is told within this time, or asks once more. */
  private static final int SERVED_AFTER_MILLIS = 500;

  private final List<AutoCloseable> running = new ArrayList<>();
  private TestCluster east;
  private TestCluster west;
  private TestBackend app;
  private GatewayServer eastGateway;
  private GatewayServer westGateway;
  private SidecarProxy eastSidecar;
  private SidecarProxy westSidecar;
  private int upstreamPort;
  private int localUpstreamPort;

  @BeforeEach
  void start() throws Exception {
    east = started(new TestCluster("dc1", false));
    west = started(new TestCluster("dc2", false));
    app = started(new TestBackend());
    east.peerWith(west, "west");
    west.peerWith(east, "east-1");
    int eastGatewayPort = TestBackend.deadPort();
    int eastSidecarPort = TestBackend.deadPort();
    east.register(gateway(eastGatewayPort), "passing");
    east.register(sidecar("db", eastSidecarPort, app.port()).build(), "passing");
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

  @AfterEach
  void stop() throws Exception {
    Collections.reverse(running);
    for (AutoCloseable each : running) {
      each.close();
    }
  }

  @Test
  void shouldReachAServiceOfAPeer() throws Exception {
    try (Socket client = connect(upstreamPort)) {
      client.getOutputStream().write(HELLO);
      Socket server = app.next();
      assertThat(read(server, HELLO.length)).isEqualTo(HELLO);
      byte[] answer = new byte[2_000_003];
      new Random(3).nextBytes(answer);
      CompletableFuture<Void> answered = CompletableFuture.runAsync(() -> write(server, answer));
      client.shutdownOutput();
      assertThat(client.getInputStream().readAllBytes()).isEqualTo(answer);
      assertThat(drain(server)).isZero();
      answered.join();
    }
    await().until(() -> eastSidecar.metrics().count(CloseReason.DONE) == 1);
    await().until(() -> eastGateway.metrics().count(CloseReason.DONE) == 1);
    assertThat(westGateway.metrics().hellos()).isZero();
    assertThat(get(eastSidecar.adminAddress().orElseThrow(), "/access-log"))
        .contains("caller=spiffe://" + west.trustDomain() + "/ns/default/dc/dc2/svc/web");
  }

  @Test
  void shouldGoThroughTheOwnGatewayInModeLocal() throws Exception {
    registerWeb("local");
    await()
        .until(
            () -> {
              roundTrip(upstreamPort);
              return westGateway.metrics().hellos() > 0;
            });
    assertThat(eastGateway.metrics().hellos()).isPositive();
  }

  @Test
  void shouldDenyBeforeTheApplicationHearsOfIt() throws Exception {
    roundTrip(upstreamPort);
    try (Socket open = connect(upstreamPort)) {
      open.getOutputStream().write(HELLO);
      read(app.next(), HELLO.length);
      int before = app.acceptedCount();
      long changed = System.nanoTime();
      east.intention("db", "west", "web", "deny");
      assertThat(drainQuietly(open)).isZero();
      assertThat(Duration.ofNanos(System.nanoTime() - changed)).isLessThan(Duration.ofSeconds(3));
      try (Socket denied = connect(upstreamPort)) {
        denied.getOutputStream().write(HELLO);
        assertThat(drainQuietly(denied)).isZero();
      }
      assertThat(app.acceptedCount()).isEqualTo(before);
    }
    await().until(() -> eastSidecar.metrics().count(CloseReason.RBAC_DENIED) >= 2);
  }

  @Test
  void shouldServeLocalUpstreamsByTheSameRules() throws Exception {
    TestBackend local = started(new TestBackend());
    int port = TestBackend.deadPort();
    west.register(sidecar("cache", port, local.port()).build(), "passing");
    SidecarProxy cache =
        started(SidecarProxy.start(settings("cache-proxy"), west.contact("cache-proxy")));
    cache.ready().get(20, TimeUnit.SECONDS);
    try (Socket client = connect(localUpstreamPort)) {
      assertThat(drainQuietly(client)).as("denied by default").isZero();
    }
    west.intention("cache", "", "web", "allow");
    await().atMost(PATIENCE).until(() -> isServed(localUpstreamPort) && local.acceptedCount() > 0);
    assertThat(read(local.next(), HELLO.length)).isEqualTo(HELLO);
    west.register(sidecar("cache", port, local.port()).build(), "critical");
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                !isServed(localUpstreamPort)
                    && westSidecar.metrics().count(CloseReason.NO_ENDPOINT) > 0);
  }

  @Test
  void shouldGoToAPeerWhileNoInstanceIsHealthy() throws Exception {
    west.write(failover("cache", FailoverTarget.newBuilder().setService("db").setPeer("east-1")));
    await().atMost(PATIENCE).until(() -> isServed(localUpstreamPort) && app.acceptedCount() > 0);

    TestBackend local = started(new TestBackend());
    int port = TestBackend.deadPort();
    west.intention("cache", "", "web", "allow");
    west.register(sidecar("cache", port, local.port()).build(), "passing");
    SidecarProxy cache =
        started(SidecarProxy.start(settings("cache-proxy"), west.contact("cache-proxy")));
    cache.ready().get(20, TimeUnit.SECONDS);
    await().atMost(PATIENCE).until(() -> isServed(localUpstreamPort) && local.acceptedCount() > 0);

    int before = app.acceptedCount();
    west.register(sidecar("cache", port, local.port()).build(), "critical");
    await()
        .atMost(PATIENCE)
        .until(() -> isServed(localUpstreamPort) && app.acceptedCount() > before);
    assertThat(get(westSidecar.adminAddress().orElseThrow(), "/status"))
        .contains("\"name\":\"cache~db?peer=east-1\"");

    west.importNothing("east-1");
    await().atMost(PATIENCE).until(() -> !isServed(localUpstreamPort));
  }

  private static ConfigEntry.Builder failover(String service, FailoverTarget.Builder target) {
    return ConfigEntry.newBuilder()
        .setKind("service-resolver")
        .setName(service)
        .setServiceResolver(
            ServiceResolver.newBuilder()
                .putFailover("*", ResolverFailover.newBuilder().addTargets(target).build()));
  }

  @Test
  void shouldStopServingWhatIsNoLongerExported() throws Exception {
    roundTrip(upstreamPort);
    east.export("", "west");
    await()
        .atMost(PATIENCE)
        .until(
            () -> !isServed(upstreamPort) && eastGateway.metrics().count(CloseReason.NO_ROUTE) > 0);
  }

  @Test
  void shouldGoOnWhileServersAreAwayAndFollowThemAfter() throws Exception {
    roundTrip(upstreamPort);
    int port = east.stopServer();
    roundTrip(upstreamPort);
    assertThat(get(eastGateway.adminAddress().orElseThrow(), "/status")).contains("\"ready\":true");
    east.intention("db", "west", "web", "deny");
    east.startServer(port);
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                !isServed(upstreamPort)
                    && eastSidecar.metrics().count(CloseReason.RBAC_DENIED) > 0);
  }

  @Test
  void shouldTellOperatorsHowItIs() throws Exception {
    roundTrip(upstreamPort);
    String gateway = get(eastGateway.adminAddress().orElseThrow(), "/status");
    assertThat(gateway)
        .contains("db.default.default.west.external." + east.trustDomain())
        .contains("db.default.dc1.internal." + east.trustDomain())
        .contains("\"healthy\":true");
    String sidecar = get(westSidecar.adminAddress().orElseThrow(), "/status");
    assertThat(sidecar)
        .contains("spiffe://" + west.trustDomain() + "/ns/default/dc/dc2/svc/web")
        .contains("\"name\":\"db?peer=east-1\"");
    assertThat(get(eastGateway.adminAddress().orElseThrow(), "/metrics"))
        .contains("gateway_connections{result=\"done\"}")
        .contains("gateway_config_age_seconds");
    assertThat(get(westSidecar.adminAddress().orElseThrow(), "/metrics"))
        .contains("gateway_certificate_expiry_seconds");
    assertThat(east.feed().connected()).hasSize(2);
  }

  private void roundTrip(int port) throws Exception {
    try (Socket client = connect(port)) {
      client.getOutputStream().write(HELLO);
      try (Socket server = app.next()) {
        assertThat(read(server, HELLO.length)).isEqualTo(HELLO);
        server.getOutputStream().write(HELLO);
        assertThat(read(client, HELLO.length)).isEqualTo(HELLO);
      }
    }
  }

  private void registerWeb(String mode) throws IOException {
    if (upstreamPort == 0) {
      upstreamPort = TestBackend.deadPort();
      localUpstreamPort = TestBackend.deadPort();
    }
    NodeService.Builder web = sidecar("web", 0, 1);
    web.setPort(TestBackend.deadPort());
    web.getProxyBuilder()
        .addUpstreams(
            Upstream.newBuilder()
                .setDestinationType("service")
                .setDestinationName("db")
                .setDestinationPeer("east-1")
                .setLocalBindPort(upstreamPort)
                .setMeshGateway(MeshGatewayConfig.newBuilder().setMode(mode)))
        .addUpstreams(
            Upstream.newBuilder()
                .setDestinationType("service")
                .setDestinationName("cache")
                .setLocalBindPort(localUpstreamPort));
    west.register(web.build(), "passing");
  }

  private static NodeService gateway(int port) {
    return NodeService.newBuilder()
        .setKind("mesh-gateway")
        .setId("gateway")
        .setService("mesh-gateway")
        .setAddress("127.0.0.1")
        .setPort(port)
        .setWeights(Weights.newBuilder().setPassing(1).setWarning(1))
        .build();
  }

  private static NodeService.Builder sidecar(String service, int port, int appPort) {
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

  private static ProxySettings settings(String id) {
    return ProxySettings.of(id)
        .withAdminBind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  private static String get(InetSocketAddress address, String path) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + address.getPort() + path))
                .build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }

  private static void write(Socket socket, byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
      socket.shutdownOutput();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Whether a connection is taken: one that is stays open, and silent. */
  private static boolean isServed(int port) throws IOException {
    try (Socket client = connect(port)) {
      client.setSoTimeout(SERVED_AFTER_MILLIS);
      client.getOutputStream().write(HELLO);
      drain(client);
      return false;
    } catch (SocketTimeoutException e) {
      return true;
    } catch (SocketException e) {
      return false;
    }
  }

  /** A reset is an end, too. */
  private static long drainQuietly(Socket socket) throws IOException {
    try {
      return drain(socket);
    } catch (SocketException e) {
      return 0;
    }
  }

  private <T extends AutoCloseable> T started(T each) {
    running.add(each);
    return each;
  }
}
