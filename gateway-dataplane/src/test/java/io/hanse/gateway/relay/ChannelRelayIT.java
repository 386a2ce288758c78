package io.hanse.gateway.relay;

import static io.hanse.gateway.relay.TestBackend.connect;
import static io.hanse.gateway.relay.TestBackend.drain;
import static io.hanse.gateway.relay.TestBackend.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.hanse.gateway.route.RouteCompiler;
import io.hanse.gateway.route.RouteTable;
import io.hanse.gateway.sniff.Hellos;
import io.hanse.peering.proto.Endpoint;
import io.hanse.peering.proto.Endpoints;
import io.hanse.peering.proto.Route;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The gateway's relay over real sockets. */
@Execution(ExecutionMode.CONCURRENT)
class ChannelRelayIT {
  private static final String NAME = "db.default.default.west.external.td.consul";
  private static final byte[] HELLO = Hellos.hello(NAME);

  private final RouteCompiler compiler = new RouteCompiler(System::nanoTime);
  private volatile RouteTable table = RouteTable.EMPTY;
  private RelayLoops loops;
  private RelayLoops.Listener listener;

  @AfterEach
  void stop() {
    if (loops != null) {
      listener.close();
      loops.close();
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void shouldRelayBothWaysUnchanged(Transport transport) throws Exception {
    start(transport, patient());
    try (TestBackend backend = new TestBackend();
        Socket client = connect(route(backend.port()))) {
      client.getOutputStream().write(Hellos.records(Hellos.message(NAME, 100, true), 17));
      client.getOutputStream().write("early".getBytes(StandardCharsets.US_ASCII));
      Socket server = backend.next();
      byte[] hello = Hellos.records(Hellos.message(NAME, 100, true), 17);
      assertThat(read(server, hello.length)).isEqualTo(hello);
      assertThat(read(server, 5)).asString(StandardCharsets.US_ASCII).isEqualTo("early");
      server.getOutputStream().write("answer".getBytes(StandardCharsets.US_ASCII));
      assertThat(read(client, 6)).asString(StandardCharsets.US_ASCII).isEqualTo("answer");
    }
    awaitEnd(CloseReason.DONE);
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void shouldPassOnTheEndOfOneDirectionOnly(Transport transport) throws Exception {
    start(transport, patient());
    byte[] bytes = new byte[3_000_001];
    new Random(7).nextBytes(bytes);
    try (TestBackend backend = new TestBackend();
        Socket client = connect(route(backend.port()))) {
      client.getOutputStream().write(HELLO);
      Socket server = backend.next();
      CompletableFuture<Void> sent = write(client, bytes, true);
      assertThat(read(server, HELLO.length)).isEqualTo(HELLO);
      assertThat(server.getInputStream().readAllBytes()).isEqualTo(bytes);
      sent.join();
      CompletableFuture<Void> answered = write(server, bytes, true);
      assertThat(client.getInputStream().readAllBytes()).isEqualTo(bytes);
      answered.join();
      awaitEnd(CloseReason.DONE);
    }
    try (TestBackend backend = new TestBackend();
        Socket client = connect(route(backend.port()))) {
      client.getOutputStream().write(HELLO);
      Socket server = backend.next();
      server.getOutputStream().write(1);
      server.shutdownOutput();
      assertThat(drain(client)).isEqualTo(1);
      CompletableFuture<Void> sent = write(client, bytes, true);
      assertThat(drain(server)).isEqualTo(HELLO.length + bytes.length);
      sent.join();
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void shouldStopASenderWhoseReaderIsSlow(Transport transport) throws Exception {
    start(transport, patient());
    try (TestBackend backend = new TestBackend();
        Socket client = connect(route(backend.port()))) {
      client.getOutputStream().write(HELLO);
      Socket server = backend.next();
      AtomicLong sent = new AtomicLong();
      byte[] block = new byte[65536];
      long total = 40_000L * 1024;
      CompletableFuture<Void> sending =
          CompletableFuture.runAsync(
              () -> {
                try {
                  OutputStream out = server.getOutputStream();
                  while (sent.get() < total) {
                    out.write(block);
                    sent.addAndGet(block.length);
                  }
                  server.shutdownOutput();
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              });
      await()
          .during(Duration.ofMillis(300))
          .atMost(Duration.ofSeconds(10))
          .until(() -> hasStopped(sent));
      assertThat(sent.get()).isLessThan(total);
      assertThat(drain(client)).isGreaterThanOrEqualTo(total);
      sending.join();
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void shouldPassOnAReset(Transport transport) throws Exception {
    start(transport, patient());
    try (TestBackend backend = new TestBackend()) {
      Socket client = connect(route(backend.port()));
      client.getOutputStream().write(HELLO);
      Socket server = backend.next();
      read(server, HELLO.length);
      server.getOutputStream().write(1);
      read(client, 1);
      server.setSoLinger(true, 0);
      server.close();
      assertThatThrownBy(() -> drain(client)).isInstanceOf(SocketException.class);
      client.close();
      awaitEnd(CloseReason.UPSTREAM_RESET);

      Socket second = connect(listener.address().getPort());
      second.getOutputStream().write(HELLO);
      Socket behind = backend.next();
      read(behind, HELLO.length);
      second.setSoLinger(true, 0);
      second.close();
      assertThatThrownBy(() -> drain(behind)).isInstanceOf(SocketException.class);
      awaitEnd(CloseReason.CLIENT_RESET);
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void shouldCloseOnWhatIsNoHello(Transport transport) throws Exception {
    start(transport, patient());
    route(TestBackend.deadPort());
    refuse("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII), CloseReason.BAD_HELLO);
    refuse(Hellos.hello(""), CloseReason.NO_SNI);
    refuse(Hellos.hello("nobody.consul"), CloseReason.NO_ROUTE);
    refuse(Hellos.hello("a\0b"), CloseReason.BAD_HELLO);
    refuse(Hellos.hello(NAME, 20_000, true, 16384), CloseReason.HELLO_TOO_LARGE);
    refuse(HELLO, CloseReason.CONNECT_FAILED);
    connect(listener.address().getPort()).close();
    await().until(() -> loops.metrics().count(CloseReason.CLIENT_GONE) == 1);
    assertThat(loops.openCount()).isZero();
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void shouldCloseOnWhoDoesNotFinishItsHello(Transport transport) throws Exception {
    start(transport, patient().with(new GatewayLimits.Hello(16384, 500, 1 << 20, 100)));
    refuse(new byte[] {22, 3, 1}, CloseReason.HELLO_TIMEOUT);
    refuse(new byte[0], CloseReason.HELLO_TIMEOUT);
  }

  @Test
  void shouldTryTheNextEndpointWithTheSameBytes() throws Exception {
    start(Transport.best(), patient());
    try (TestBackend backend = new TestBackend()) {
      int port = route(TestBackend.deadPort(), backend.port());
      for (int i = 0; i < 12; i++) {
        try (Socket client = connect(port)) {
          client.getOutputStream().write(HELLO);
          assertThat(read(backend.next(), HELLO.length)).isEqualTo(HELLO);
        }
      }
    }
    await().until(() -> compiler.picker("db").ejections() == 1);
  }

  @Test
  void shouldHoldToItsLimits() throws Exception {
    GatewayLimits limits =
        patient()
            .with(new GatewayLimits.Connections(4, 3, 10, 1, 16))
            .with(new GatewayLimits.Hello(16384, 60_000, 1 << 20, 1));
    start(Transport.NIO, 1, limits);
    try (TestBackend backend = new TestBackend()) {
      int port = route(backend.port());
      try (Socket first = connect(port)) {
        first.getOutputStream().write(HELLO);
        backend.next();
        refuse(HELLO, CloseReason.ROUTE_LIMIT);
        try (Socket second = connect(port);
            Socket third = connect(port)) {
          assertThat(drain(second)).isZero();
          awaitEnd(CloseReason.LIMIT_PEEKING);
          try (Socket fourth = connect(port)) {
            await().until(() -> loops.metrics().count(CloseReason.LIMIT_PEEKING) == 2);
            assertThat(drain(third)).isZero();
            assertThat(fourth.isConnected()).isTrue();
          }
        }
      }
    }
  }

  @Test
  void shouldRefuseASourceWithTooManyConnections() throws Exception {
    start(Transport.NIO, patient().with(new GatewayLimits.Connections(100, 1, 10, 100, 16)));
    try (TestBackend backend = new TestBackend();
        Socket first = connect(route(backend.port()))) {
      first.getOutputStream().write(HELLO);
      backend.next();
      refuse(new byte[0], CloseReason.LIMIT_SOURCE);
    }
    await().until(() -> loops.openCount() == 0);
  }

  @Test
  void shouldEndIdleConnectionsAndThoseWhoseRouteIsGone() throws Exception {
    start(
        Transport.best(),
        patient().with(new GatewayLimits.Relaying(65536, 65536, 262_144, 3_000, 100)));
    try (TestBackend backend = new TestBackend();
        Socket client = connect(route(backend.port()))) {
      client.getOutputStream().write(HELLO);
      backend.next();
      table = compiler.compile(List.of());
      assertThatThrownBy(() -> drain(client)).isInstanceOf(SocketException.class);
      awaitEnd(CloseReason.ROUTE_GONE);
    }
    try (TestBackend backend = new TestBackend();
        Socket client = connect(route(backend.port()))) {
      client.getOutputStream().write(HELLO);
      backend.next();
      assertThat(drain(client)).isZero();
      awaitEnd(CloseReason.IDLE);
    }
  }

  @Test
  void shouldLetConnectionsEndWhenItStops() throws Exception {
    start(Transport.best(), patient());
    try (TestBackend backend = new TestBackend();
        Socket client = connect(route(backend.port()));
        Socket stubborn = connect(listener.address().getPort())) {
      client.getOutputStream().write(HELLO);
      Socket server = backend.next();
      stubborn.getOutputStream().write(HELLO);
      backend.next();
      listener.close();
      CompletableFuture<Integer> left = drained(Duration.ofSeconds(1));
      client.getOutputStream().write(1);
      assertThat(read(server, HELLO.length + 1)).hasSize(HELLO.length + 1);
      client.shutdownOutput();
      server.shutdownOutput();
      assertThat(drain(client)).isZero();
      assertThat(left.join()).isEqualTo(1);
      awaitEnd(CloseReason.DRAINED);
    }
  }

  /** It was let in when there was no other to be led to. */
  @Test
  void shouldLetWhoHasJustCalledSayWhereToWhenItStops() throws Exception {
    start(Transport.best(), patient());
    try (TestBackend backend = new TestBackend();
        Socket client = connect(route(backend.port()));
        Socket silent = connect(listener.address().getPort())) {
      await().until(() -> loops.openCount() == 2);
      listener.close();
      CompletableFuture<Integer> left = drained(Duration.ofSeconds(30));
      client.getOutputStream().write(HELLO);
      try (Socket server = backend.next()) {
        assertThat(read(server, HELLO.length)).isEqualTo(HELLO);
      }
      client.shutdownOutput();
      assertThat(drain(client)).isZero();
      assertThatThrownBy(() -> drain(silent)).isInstanceOf(SocketException.class);
      assertThat(left.join()).isZero();
      awaitEnd(CloseReason.DRAINED);
    }
  }

  private CompletableFuture<Integer> drained(Duration patience) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return loops.drain(patience);
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private void start(Transport transport, GatewayLimits limits) throws IOException {
    start(transport, 2, limits);
  }

  private void start(Transport transport, int threads, GatewayLimits limits) throws IOException {
    loops = new RelayLoops(transport, threads, limits);
    listener =
        loops.listen(
            "gateway",
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            true,
            new ChannelRelay(() -> table));
  }

  /** However long a client here is kept from the processor, it is in time. */
  private static GatewayLimits patient() {
    return GatewayLimits.defaults().with(new GatewayLimits.Hello(16384, 60_000, 1 << 20, 100));
  }

  /** Makes the route and answers the gateway's port. */
  private int route(int... ports) {
    Endpoints.Builder endpoints = Endpoints.newBuilder().setName("db");
    for (int port : ports) {
      endpoints.addEndpoints(
          Endpoint.newBuilder()
              .setAddress("127.0.0.1")
              .setPort(port)
              .setHealthy(true)
              .setWeight(1));
    }
    compiler.endpointsChanged("db", endpoints.build());
    table =
        compiler.compile(
            List.of(Route.newBuilder().setSni(NAME).setEndpoints("db").setService("db").build()));
    return listener.address().getPort();
  }

  private void refuse(byte[] bytes, CloseReason reason) throws IOException {
    long before = loops.metrics().count(reason);
    try (Socket client = connect(listener.address().getPort())) {
      client.getOutputStream().write(bytes);
      assertThat(drain(client)).as(reason.label()).isZero();
    } catch (SocketException e) {
      // A reset is as good: bytes that nobody reads any more.
    }
    await().until(() -> loops.metrics().count(reason) == before + 1);
  }

  private void awaitEnd(CloseReason reason) {
    await().until(() -> loops.metrics().count(reason) > 0);
    await().until(() -> loops.log().recent().stream().anyMatch(entry -> entry.reason() == reason));
  }

  private static CompletableFuture<Void> write(Socket socket, byte[] bytes, boolean end) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            socket.getOutputStream().write(bytes);
            if (end) {
              socket.shutdownOutput();
            }
          } catch (IOException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private long lastSent = -1;

  private boolean hasStopped(AtomicLong sent) {
    boolean same = sent.get() == lastSent;
    lastSent = sent.get();
    return same;
  }
}
