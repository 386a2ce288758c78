package io.hanse.gateway.relay;

import static io.hanse.gateway.relay.TestBackend.connect;
import static io.hanse.gateway.relay.TestBackend.drain;
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
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What lasts through a gateway that stops: calls of services, and streams between servers. */
class MovedStreamsIT {
  private static final String SERVICE = "db.default.default.west.external.td.consul";
  private static final String SERVERS = "server.dc1.peering.11111111.consul";

  /** That a gateway gives; none of it is to be waited for in vain. */
  private static final Duration DRAIN = Duration.ofSeconds(60);

  private TestBackend backend;
  private RouteTable table;
  private RelayLoops loops;
  private RelayLoops.Listener listener;

  @BeforeEach
  void start() throws IOException {
    backend = new TestBackend();
    RouteCompiler compiler = new RouteCompiler(System::nanoTime);
    compiler.endpointsChanged(
        "all",
        Endpoints.newBuilder()
            .setName("all")
            .addEndpoints(
                Endpoint.newBuilder()
                    .setAddress("127.0.0.1")
                    .setPort(backend.port())
                    .setHealthy(true)
                    .setWeight(1))
            .build());
    table =
        compiler.compile(
            Stream.of(SERVICE, SERVERS)
                .map(name -> Route.newBuilder().setSni(name).setEndpoints("all").build())
                .toList());
    loops = new RelayLoops(Transport.best(), 2, GatewayLimits.defaults());
    listener =
        loops.listen(
            "gateway",
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            true,
            new ChannelRelay(() -> table));
  }

  @AfterEach
  void stop() throws IOException {
    listener.close();
    loops.close();
    backend.close();
  }

  /** Answers the far end. */
  private Socket relayed(Socket client, String name) throws Exception {
    byte[] hello = Hellos.hello(name);
    client.getOutputStream().write(hello);
    Socket server = backend.next();
    assertThat(read(server, hello.length)).isEqualTo(hello);
    return server;
  }

  private CompletableFuture<Integer> drained() {
    listener.close();
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return loops.drain(DRAIN);
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  @Test
  void shouldNotWaitForAStreamBetweenServers() throws Exception {
    try (Socket client = connect(listener.address().getPort());
        Socket server = relayed(client, SERVERS)) {
      server.getOutputStream().write("confirmed".getBytes(StandardCharsets.UTF_8));
      assertThat(read(client, 9)).isEqualTo("confirmed".getBytes(StandardCharsets.UTF_8));
      CompletableFuture<Integer> cut = drained();
      assertThat(cut.get(DRAIN.toSeconds() / 3, TimeUnit.SECONDS)).isZero();
      assertThat(drain(client)).as("an end, and no reset").isZero();
      assertThat(drain(server)).isZero();
      assertThat(loops.log().recent())
          .extracting(AccessLog.Entry::reason)
          .isEqualTo(List.of(CloseReason.MOVED));
    }
  }

  @Test
  void shouldLetACallGoOnThatLastsAsLong() throws Exception {
    try (Socket client = connect(listener.address().getPort());
        Socket server = relayed(client, SERVICE);
        Socket stream = connect(listener.address().getPort());
        Socket peer = relayed(stream, SERVERS)) {
      CompletableFuture<Integer> cut = drained();
      assertThat(drain(stream)).isZero();
      assertThat(drain(peer)).isZero();
      server.getOutputStream().write(7);
      assertThat(read(client, 1)).containsExactly(7);
      client.shutdownOutput();
      server.shutdownOutput();
      assertThat(cut.get(DRAIN.toSeconds(), TimeUnit.SECONDS)).isZero();
      await().until(() -> loops.metrics().count(CloseReason.DONE) == 1);
    }
  }
}
