package io.hanse.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.hanse.cli.program.FreePorts;
import io.hanse.cli.value.Value;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two instances of a service, whose sidecars are restarted in turns at their ports. */
class RollingSidecarsIT {
  private static final int CALLERS = 4;
  private static final String WORD = "app";
  private static final String PROXY = "-sidecar-proxy";

  @TempDir Path folder;

  private final List<AutoCloseable> all = new ArrayList<>();
  private final FreePorts free = FreePorts.choose(4);
  private PeerCluster cluster;
  private HttpServer app;
  private InetSocketAddress upstream;

  RollingSidecarsIT() throws IOException {}

  @BeforeEach
  void start() throws IOException {
    cluster = part(PeerCluster.start("alpha", Product.HANSE, folder));
    app = HttpServer.create(loopback(0), 0);
    part(() -> app.stop(0));
    app.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, WORD.length());
          exchange.getResponseBody().write(WORD.getBytes(StandardCharsets.UTF_8));
          exchange.close();
        });
    app.start();
  }

  private static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  private <T extends AutoCloseable> T part(T part) {
    all.add(0, part);
    return part;
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable each : all) {
      each.close();
    }
  }

  private ProxyProcess sidecar(String name, String id, int port, String upstreams)
      throws IOException {
    cluster.json(
        "PUT",
        "/v1/agent/service/register",
        """
        {"Name":"%s", "ID":"%s", "Address":"127.0.0.1", "Port":%d,
         "Connect":{"SidecarService":{"Port":%d, "Proxy":{"Upstreams":[%s]}}}}
        """
            .formatted(name, id, app.getAddress().getPort(), port, upstreams));
    List<String> words = List.of("proxy", "-sidecar-for=" + id);
    return part(new ProxyProcess(cluster, id, words, folder));
  }

  private void startCaller() throws IOException {
    upstream = loopback(free.next());
    sidecar(
        "caller",
        "caller",
        free.next(),
        "{\"DestinationName\":\"app\",\"LocalBindPort\":" + upstream.getPort() + "}");
  }

  private List<Value> checks(String id) throws IOException {
    return cluster.json("GET", "/v1/health/connect/app", "").items().stream()
        .filter(instance -> instance.at("Service").at("ID").text().equals(id + PROXY))
        .flatMap(instance -> instance.at("Checks").items().stream())
        .toList();
  }

  /** It is registered, and critical by the check that it has left. */
  private boolean isStopped(String id) throws IOException {
    return checks(id).stream()
        .filter(check -> check.at("CheckID").text().equals("sidecar-stopped:" + id + PROXY))
        .anyMatch(check -> check.at("Status").text().equals("critical"));
  }

  private void awaitStopped(String id) {
    await(id + " is stopped").atMost(PeerCluster.PATIENCE).until(() -> isStopped(id));
  }

  private void awaitPassing(String id) {
    await(id + " passes")
        .atMost(PeerCluster.PATIENCE)
        .until(
            () ->
                !checks(id).isEmpty()
                    && checks(id).stream()
                        .allMatch(check -> check.at("Status").text().equals("passing")));
  }

  private void awaitCallsThrough(ProxyProcess sidecar) throws IOException {
    String route = "local_app:127.0.0.1:" + app.getAddress().getPort();
    long before = sidecar.relayed(route);
    await("calls come through a sidecar")
        .atMost(PeerCluster.PATIENCE)
        .until(() -> sidecar.relayed(route) > before + 10);
  }

  /** Whoever calls is led to the other one before the first lets nobody in any more. */
  @Test
  void shouldLoseNoCallWhileSidecarsAreRestartedInTurns() throws Exception {
    List<ProxyProcess> sidecars =
        List.of(sidecar("app", "one", free.next(), ""), sidecar("app", "two", free.next(), ""));
    startCaller();
    awaitPassing("one");
    awaitPassing("two");
    List<SteadyCalls> callers = new ArrayList<>();
    for (int i = 0; i < CALLERS; i++) {
      callers.add(part(SteadyCalls.start("caller " + i, upstream, WORD)));
    }
    for (ProxyProcess sidecar : sidecars) {
      awaitCallsThrough(sidecar);
    }
    for (int i = 0; i < sidecars.size(); i++) {
      String id = i == 0 ? "one" : "two";
      sidecars.get(i).stop();
      awaitStopped(id);
      callers.get(0).awaitMore(50);
      sidecars.get(i).startAgain();
      awaitCallsThrough(sidecars.get(i));
      awaitPassing(id);
      await().atMost(PeerCluster.PATIENCE).until(() -> !isStopped(id));
    }
    assertThat(callers).allSatisfy(each -> assertThat(each.failures()).isEmpty());
  }

  /** Nobody says that it has left, and who comes next need not know of its check. */
  @Test
  void shouldPassForWhoeverListensAfterOneThatWasKilledWhileItLeft() throws Exception {
    int port = free.next();
    ProxyProcess killed = sidecar("app", "one", port, "");
    awaitPassing("one");
    killed.tellToEnd();
    awaitStopped("one");
    killed.kill();
    try (ServerSocket next = new ServerSocket(port, 100, loopback(port).getAddress())) {
      awaitPassing("one");
      assertThat(next.isClosed()).isFalse();
    }
  }
}
