package io.hanse.gateway;

import static io.hanse.gateway.relay.TestBackend.connect;
import static io.hanse.gateway.relay.TestBackend.drain;
import static io.hanse.gateway.relay.TestBackend.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hanse.fsm.row.ConfigEntry;
import io.hanse.fsm.row.FailoverTarget;
import io.hanse.fsm.row.ResolverFailover;
import io.hanse.fsm.row.ServiceResolver;
import io.hanse.gateway.relay.CloseReason;
import io.hanse.gateway.relay.TestBackend;
import java.io.IOException;
import java.net.ConnectException;
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
 */
@Execution(ExecutionMode.CONCURRENT)
class MeshIT {
  private static final byte[] HELLO = "hello".getBytes(StandardCharsets.US_ASCII);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** It takes a second, on a machine that does nothing else; an idle connection ends much later. */
  private static final Duration SOON = Duration.ofSeconds(15);

  /** Whoever is not served is told within this time, or asks once more. */
  private static final int SERVED_AFTER_MILLIS = 500;

  private TestMesh mesh;

  @BeforeEach
  void start() throws Exception {
    mesh = TestMesh.start();
  }

  @AfterEach
  void stop() {
    mesh.close();
  }

  @Test
  void shouldReachAServiceOfAPeer() throws Exception {
    try (Socket client = connect(mesh.upstreamPort)) {
      client.getOutputStream().write(HELLO);
      Socket server = mesh.app.next();
      assertThat(read(server, HELLO.length)).isEqualTo(HELLO);
      byte[] answer = new byte[2_000_003];
      new Random(3).nextBytes(answer);
      CompletableFuture<Void> answered = CompletableFuture.runAsync(() -> write(server, answer));
      client.shutdownOutput();
      assertThat(client.getInputStream().readAllBytes()).isEqualTo(answer);
      assertThat(drain(server)).isZero();
      answered.join();
    }
    await().until(() -> mesh.eastSidecar.metrics().count(CloseReason.DONE) == 1);
    await().until(() -> mesh.eastGateway.metrics().count(CloseReason.DONE) == 1);
    assertThat(mesh.westGateway.metrics().hellos()).isZero();
    assertThat(get(mesh.eastSidecar.adminAddress().orElseThrow(), "/access-log"))
        .contains("caller=spiffe://" + mesh.west.trustDomain() + "/ns/default/dc/dc2/svc/web");
  }

  @Test
  void shouldGoThroughTheOwnGatewayInModeLocal() throws Exception {
    mesh.registerWeb("local");
    await()
        .until(
            () -> {
              roundTrip(mesh.upstreamPort);
              return mesh.westGateway.metrics().hellos() > 0;
            });
    assertThat(mesh.eastGateway.metrics().hellos()).isPositive();
  }

  @Test
  void shouldDenyBeforeTheApplicationHearsOfIt() throws Exception {
    roundTrip(mesh.upstreamPort);
    try (Socket open = connect(mesh.upstreamPort)) {
      open.getOutputStream().write(HELLO);
      read(mesh.app.next(), HELLO.length);
      int before = mesh.app.acceptedCount();
      long changed = System.nanoTime();
      mesh.east.intention("db", "west", "web", "deny");
      assertThat(drainQuietly(open)).isZero();
      assertThat(Duration.ofNanos(System.nanoTime() - changed)).isLessThan(SOON);
      try (Socket denied = connect(mesh.upstreamPort)) {
        denied.getOutputStream().write(HELLO);
        assertThat(drainQuietly(denied)).isZero();
      }
      assertThat(mesh.app.acceptedCount()).isEqualTo(before);
    }
    await().until(() -> mesh.eastSidecar.metrics().count(CloseReason.RBAC_DENIED) >= 2);
    assertThat(get(mesh.eastSidecar.adminAddress().orElseThrow(), "/status"))
        .containsPattern("\"caller\":\"spiffe://[^\"]*/svc/web\",\"reason\":\"rbac_denied\"");
  }

  /** A trust domain is no secret: whoever names that of a peer ends nobody's calls by it. */
  @Test
  void shouldGoOnWhileAnotherPeerClaimsTheTrustDomainOfTheCaller() throws Exception {
    mesh.east.peerWith("rival", mesh.west.trustDomain(), mesh.east);
    mesh.east.export("db", "west", "rival");
    await()
        .until(
            () ->
                get(mesh.eastSidecar.adminAddress().orElseThrow(), "/status")
                    .contains("\"trust_bundles\":2"));
    roundTrip(mesh.upstreamPort);
  }

  @Test
  void shouldEndConnectionsOfRootsThatAreWithdrawn() throws Exception {
    try (Socket open = connect(mesh.upstreamPort)) {
      open.getOutputStream().write(HELLO);
      read(mesh.app.next(), HELLO.length);
      mesh.east.trust("west", mesh.west.trustDomain(), mesh.east);
      assertThat(drainQuietly(open)).isZero();
    }
    await().until(() -> mesh.eastSidecar.metrics().count(CloseReason.BUNDLE_GONE) == 1);
  }

  @Test
  void shouldServeLocalUpstreamsByTheSameRules() throws Exception {
    TestBackend local = mesh.started(new TestBackend());
    int port = TestBackend.deadPort();
    mesh.west.register(TestMesh.sidecar("cache", port, local.port()).build(), "passing");
    SidecarProxy cache =
        mesh.started(
            SidecarProxy.start(TestMesh.settings("cache-proxy"), mesh.west.contact("cache-proxy")));
    cache.ready().get(20, TimeUnit.SECONDS);
    try (Socket client = connect(mesh.localUpstreamPort)) {
      assertThat(drainQuietly(client)).as("denied by default").isZero();
    }
    mesh.west.intention("cache", "", "web", "allow");
    await()
        .atMost(PATIENCE)
        .until(() -> isServed(mesh.localUpstreamPort) && local.acceptedCount() > 0);
    assertThat(read(local.next(), HELLO.length)).isEqualTo(HELLO);
    mesh.west.register(TestMesh.sidecar("cache", port, local.port()).build(), "critical");
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                !isServed(mesh.localUpstreamPort)
                    && mesh.westSidecar.metrics().count(CloseReason.NO_ENDPOINT) > 0);
  }

  @Test
  void shouldGoToAPeerWhileNoInstanceIsHealthy() throws Exception {
    mesh.west.write(
        failover("cache", FailoverTarget.newBuilder().setService("db").setPeer("east-1")));
    await()
        .atMost(PATIENCE)
        .until(() -> isServed(mesh.localUpstreamPort) && mesh.app.acceptedCount() > 0);

    TestBackend local = mesh.started(new TestBackend());
    int port = TestBackend.deadPort();
    mesh.west.intention("cache", "", "web", "allow");
    mesh.west.register(TestMesh.sidecar("cache", port, local.port()).build(), "passing");
    SidecarProxy cache =
        mesh.started(
            SidecarProxy.start(TestMesh.settings("cache-proxy"), mesh.west.contact("cache-proxy")));
    cache.ready().get(20, TimeUnit.SECONDS);
    await()
        .atMost(PATIENCE)
        .until(() -> isServed(mesh.localUpstreamPort) && local.acceptedCount() > 0);

    int before = mesh.app.acceptedCount();
    mesh.west.register(TestMesh.sidecar("cache", port, local.port()).build(), "critical");
    await()
        .atMost(PATIENCE)
        .until(() -> isServed(mesh.localUpstreamPort) && mesh.app.acceptedCount() > before);
    assertThat(get(mesh.westSidecar.adminAddress().orElseThrow(), "/status"))
        .contains("\"name\":\"cache~db?peer=east-1\"");

    mesh.west.importNothing("east-1");
    await().atMost(PATIENCE).until(() -> !isServed(mesh.localUpstreamPort));
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
    roundTrip(mesh.upstreamPort);
    mesh.east.export("", "west");
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                !isServed(mesh.upstreamPort)
                    && mesh.eastGateway.metrics().count(CloseReason.NO_ROUTE) > 0);
    assertThat(get(mesh.eastGateway.adminAddress().orElseThrow(), "/status"))
        .as("what it closed, and why")
        .containsPattern(
            "\"refused\":\\[\\{\"requested_server_name\":\"db\\.[^\"]*\",\"caller\":\"\","
                + "\"reason\":\"no_route\"");
  }

  @Test
  void shouldGoOnWhileServersAreAwayAndFollowThemAfter() throws Exception {
    roundTrip(mesh.upstreamPort);
    int port = mesh.east.stopServer();
    roundTrip(mesh.upstreamPort);
    assertThat(get(mesh.eastGateway.adminAddress().orElseThrow(), "/status"))
        .contains("\"ready\":true");
    mesh.east.intention("db", "west", "web", "deny");
    mesh.east.startServer(port);
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                !isServed(mesh.upstreamPort)
                    && mesh.eastSidecar.metrics().count(CloseReason.RBAC_DENIED) > 0);
  }

  @Test
  void shouldServeTheOtherUpstreamsOfOneWithAnIllegalPortAndThatOnceItIsCorrected()
      throws Exception {
    int corrected = TestBackend.deadPort();
    int moved = TestBackend.deadPort();
    mesh.registerWeb("remote", 70_000, moved);
    await().atMost(PATIENCE).until(() -> isListening(moved));
    mesh.registerWeb("remote", corrected, moved);
    // A probe that says nothing would arrive at the application, too, before what is asked there.
    await().atMost(PATIENCE).until(() -> isServed(corrected));
    assertThat(read(mesh.app.next(), HELLO.length)).isEqualTo(HELLO);
  }

  @Test
  void shouldListenWhereAGatewayIsRegisteredNow() throws Exception {
    int before = mesh.eastGateway.addresses().get(0).getPort();
    int now = TestBackend.deadPort();
    mesh.east.register(TestMesh.gateway(now), "passing");
    await().atMost(PATIENCE).until(() -> isListening(now) && !isListening(before));
  }

  private static boolean isListening(int port) throws IOException {
    try (Socket client = connect(port)) {
      return client.isConnected();
    } catch (ConnectException e) {
      return false;
    }
  }

  @Test
  void shouldTellOperatorsHowItIs() throws Exception {
    roundTrip(mesh.upstreamPort);
    String gateway = get(mesh.eastGateway.adminAddress().orElseThrow(), "/status");
    assertThat(gateway)
        .contains("db.default.default.west.external." + mesh.east.trustDomain())
        .contains("db.default.dc1.internal." + mesh.east.trustDomain())
        .contains("\"healthy\":true");
    String sidecar = get(mesh.westSidecar.adminAddress().orElseThrow(), "/status");
    assertThat(sidecar)
        .contains("spiffe://" + mesh.west.trustDomain() + "/ns/default/dc/dc2/svc/web")
        .contains("\"name\":\"db?peer=east-1\"");
    assertThat(get(mesh.eastGateway.adminAddress().orElseThrow(), "/metrics"))
        .contains("gateway_connections{result=\"done\"}")
        .contains("gateway_config_age_seconds");
    assertThat(get(mesh.westSidecar.adminAddress().orElseThrow(), "/metrics"))
        .contains("gateway_certificate_expiry_seconds");
    assertThat(mesh.east.feed().connected()).hasSize(2);
  }

  private void roundTrip(int port) throws Exception {
    try (Socket client = connect(port)) {
      client.getOutputStream().write(HELLO);
      try (Socket server = mesh.app.next()) {
        assertThat(read(server, HELLO.length)).isEqualTo(HELLO);
        server.getOutputStream().write(HELLO);
        assertThat(read(client, HELLO.length)).isEqualTo(HELLO);
      }
    }
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
}
