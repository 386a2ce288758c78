package io.hanse.gateway.relay;

import static io.hanse.gateway.relay.TestBackend.connect;
import static io.hanse.gateway.relay.TestBackend.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hanse.gateway.route.RouteCompiler;
import io.hanse.gateway.route.RouteTable;
import io.hanse.gateway.sniff.Hellos;
import io.hanse.peering.proto.Endpoint;
import io.hanse.peering.proto.Endpoints;
import io.hanse.peering.proto.Route;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is held of clients that send on while an endpoint is being dialed. */
@Execution(ExecutionMode.CONCURRENT)
class HeldBytesIT {
  private static final String NAME = "db.default.dc1.internal.td.consul";
  private static final String QUICK = "quick.default.dc1.internal.td.consul";
  private static final byte[] HELLO = Hellos.hello(NAME);

  private final RouteCompiler compiler = new RouteCompiler(System::nanoTime);
  private final CountDownLatch found = new CountDownLatch(1);
  private final List<Socket> clients = new ArrayList<>();
  private RelayLoops loops;
  private TestBackend backend;
  private RelayLoops.Listener listener;

  @AfterEach
  void stop() throws IOException {
    found.countDown();
    for (Socket client : clients) {
      client.close();
    }
    listener.close();
    loops.close();
    backend.close();
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void shouldHoldNoMoreThanOneReadOfWhoSendsOn(Transport transport) throws Exception {
    start(transport, GatewayLimits.defaults());
    byte[] bytes = new byte[8_000_000];
    new Random(5).nextBytes(bytes);
    Socket client = call();
    CompletableFuture<Void> sent = send(client, bytes);
    long most = HELLO.length + 65_536L;
    await()
        .during(Duration.ofMillis(300))
        .until(() -> loops.heldBytes() > 0 && loops.heldBytes() <= most);
    found.countDown();
    Socket server = backend.next();
    assertThat(read(server, HELLO.length)).isEqualTo(HELLO);
    assertThat(server.getInputStream().readAllBytes()).isEqualTo(bytes);
    sent.join();
    await().until(() -> loops.heldBytes() == 0);
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void shouldLoseNothingOfWhoHasSaidAll(Transport transport) throws Exception {
    start(transport, GatewayLimits.defaults());
    byte[] bytes = new byte[400_000];
    new Random(6).nextBytes(bytes);
    Socket client = call();
    send(client, bytes).join();
    await().during(Duration.ofMillis(300)).until(() -> loops.heldBytes() > 0);
    found.countDown();
    Socket server = backend.next();
    assertThat(read(server, HELLO.length)).isEqualTo(HELLO);
    assertThat(server.getInputStream().readAllBytes()).isEqualTo(bytes);
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void shouldKeepRoomForThoseWhoComeWhileOthersAreDialed(Transport transport) throws Exception {
    GatewayLimits.Hello little = new GatewayLimits.Hello(16_384, 15_000, 20_000, 100);
    start(transport, GatewayLimits.defaults().with(little));
    // Small enough to come in one segment with the hello: then all of it is held.
    byte[] bytes = Arrays.copyOf(HELLO, 9_000);
    for (int i = 0; i < 4; i++) {
      Socket client = connect(listener.address().getPort());
      clients.add(client);
      client.getOutputStream().write(bytes);
    }
    await().until(() -> loops.metrics().count(CloseReason.LIMIT_HELD) == 2);
    assertThat(loops.heldBytes()).isLessThanOrEqualTo(20_000);
    Socket honest = connect(listener.address().getPort());
    clients.add(honest);
    byte[] hello = Hellos.hello(QUICK);
    honest.getOutputStream().write(hello);
    assertThat(read(backend.next(), hello.length)).isEqualTo(hello);
  }

  private void start(Transport transport, GatewayLimits limits) throws IOException {
    backend = new TestBackend();
    RouteTable table =
        compiler.compile(List.of(route(NAME, "db.example"), route(QUICK, "127.0.0.1")));
    loops = new RelayLoops(transport, 1, limits, this::lookUp);
    listener =
        loops.listen(
            "gateway",
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            true,
            new ChannelRelay(() -> table));
  }

  /** As long as this takes, the endpoint is being dialed. */
  private InetAddress[] lookUp(String host) throws UnknownHostException {
    try {
      found.await();
      return new InetAddress[] {InetAddress.getLoopbackAddress()};
    } catch (InterruptedException e) {
      throw new UnknownHostException(host);
    }
  }

  private Route route(String name, String host) {
    compiler.endpointsChanged(
        host,
        Endpoints.newBuilder()
            .setName(host)
            .addEndpoints(
                Endpoint.newBuilder()
                    .setAddress(host)
                    .setPort(backend.port())
                    .setHealthy(true)
                    .setWeight(1))
            .build());
    return Route.newBuilder().setSni(name).setEndpoints(host).setService("db").build();
  }

  private Socket call() throws IOException {
    Socket client = connect(listener.address().getPort());
    clients.add(client);
    client.getOutputStream().write(HELLO);
    return client;
  }

  private static CompletableFuture<Void> send(Socket client, byte[] bytes) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            client.getOutputStream().write(bytes);
            client.shutdownOutput();
          } catch (IOException e) {
            throw new IllegalStateException(e);
          }
        });
  }
}
