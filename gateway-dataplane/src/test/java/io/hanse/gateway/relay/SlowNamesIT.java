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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A gateway's relay to peers some of whose names nobody answers for. */
@Execution(ExecutionMode.CONCURRENT)
class SlowNamesIT {
  private static final int SLOW = 40;

  /** Of one peer: those that are looked up and those that wait. */
  private static final int NAMES_MAX = 66;

  private final RouteCompiler compiler = new RouteCompiler(System::nanoTime);
  private final CountDownLatch answered = new CountDownLatch(1);
  private final AtomicInteger asked = new AtomicInteger();
  private final List<Socket> clients = new ArrayList<>();
  private final RelayLoops loops =
      new RelayLoops(Transport.best(), 2, GatewayLimits.defaults(), this::lookUp);
  private TestBackend backend;
  private RouteTable table = RouteTable.EMPTY;
  private RelayLoops.Listener listener;

  @BeforeEach
  void start() throws IOException {
    backend = new TestBackend();
    List<Route> routes = new ArrayList<>();
    for (int i = 0; i <= NAMES_MAX; i++) {
      routes.add(route("slow-" + i, "west"));
    }
    routes.add(route("quick", "south"));
    table = compiler.compile(routes);
    listener =
        loops.listen(
            "gateway",
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            true,
            new ChannelRelay(() -> table));
  }

  @AfterEach
  void stop() throws IOException {
    answered.countDown();
    for (Socket client : clients) {
      client.close();
    }
    listener.close();
    loops.close();
    backend.close();
  }

  @Test
  void shouldHoldUpNoPeerByTheNamesOfAnother() throws Exception {
    for (int i = 0; i < SLOW; i++) {
      call("slow-" + i);
    }
    await().until(() -> loops.openCount() == SLOW && asked.get() == 2);
    byte[] hello = call("quick");
    assertThat(read(backend.next(), hello.length)).isEqualTo(hello);
    assertThat(asked.get()).as("the share of one peer, and the other's").isEqualTo(3);
    answered.countDown();
    for (int i = 0; i < SLOW; i++) {
      backend.next();
    }
  }

  @Test
  void shouldAskForANameOnce() throws Exception {
    call("slow-0");
    await().until(() -> asked.get() == 1);
    call("slow-0");
    call("slow-1");
    await().until(() -> asked.get() == 2 && loops.openCount() == 3);
    answered.countDown();
    for (int i = 0; i < 3; i++) {
      backend.next();
    }
    assertThat(asked.get()).isEqualTo(2);
  }

  /** That is no word about the endpoint, which may be the best of all. */
  @Test
  void shouldBlameNoEndpointForANameThatWasNotLookedUp() throws Exception {
    for (int i = 0; i < NAMES_MAX; i++) {
      call("slow-" + i);
    }
    await().until(() -> loops.openCount() == NAMES_MAX && asked.get() == 2);
    call("slow-" + NAMES_MAX);
    await().until(() -> loops.metrics().count(CloseReason.CONNECT_FAILED) == 1);
    assertThat(loops.log().recent().iterator().next().line())
        .contains("detail=\"too many names are being looked up");
    assertThat(table.targets()).allMatch(each -> each.usage().connectFailures() == 0);
  }

  @Test
  void shouldEndWhoWantsANameThatIsUnknown() throws Exception {
    answered.countDown();
    compiler.endpointsChanged("quick", endpoints("quick", "unknown"));
    call("quick");
    await().until(() -> loops.metrics().count(CloseReason.CONNECT_FAILED) == 1);
    assertThat(loops.log().recent().iterator().next().line()).contains("detail=\"nobody knows it");
  }

  private InetAddress[] lookUp(String host) throws UnknownHostException {
    if (host.equals("unknown")) {
      throw new UnknownHostException("nobody knows it");
    }
    asked.incrementAndGet();
    if (host.startsWith("slow")) {
      try {
        answered.await();
      } catch (InterruptedException e) {
        throw new UnknownHostException(host);
      }
    }
    return new InetAddress[] {InetAddress.getLoopbackAddress()};
  }

  private byte[] call(String name) throws IOException {
    Socket client = connect(listener.address().getPort());
    clients.add(client);
    byte[] hello = Hellos.hello(name);
    client.getOutputStream().write(hello);
    return hello;
  }

  private Route route(String name, String peer) {
    compiler.endpointsChanged(name, endpoints(name, name));
    return Route.newBuilder()
        .setSni(name)
        .setEndpoints(name)
        .setService("db")
        .setPeer(peer)
        .build();
  }

  private Endpoints endpoints(String name, String host) {
    return Endpoints.newBuilder()
        .setName(name)
        .addEndpoints(
            Endpoint.newBuilder()
                .setAddress(host)
                .setPort(backend.port())
                .setHealthy(true)
                .setWeight(1))
        .build();
  }
}
