package io.hanse.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hanse.fsm.row.NodeService;
import io.hanse.gateway.feed.ProxySnapshot;
import io.hanse.gateway.feed.RouteFeed;
import io.hanse.gateway.relay.TestBackend;
import io.hanse.peering.protocol.ProxyResources;
import io.hanse.peering.replication.ThreadLoops;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A gateway of so many services and peers that the names of its routes go in many messages. With
 * {@code -Dhanse.gateway.peers=55} they are more than fit into the largest one: a minute then.
 */
class ManyRoutesIT {
  private static final int SERVICES = 2_000;
  private static final int PEERS = Integer.getInteger("hanse.gateway.peers", 10);
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final ThreadLoops loops = new ThreadLoops("gateway", 1);
  private final ExecutorService blocking = Executors.newSingleThreadExecutor();
  private final AtomicReference<ProxySnapshot> last = new AtomicReference<>();
  private final AtomicInteger least = new AtomicInteger();
  private TestCluster cluster;
  private RouteFeed feed;

  @BeforeEach
  void start() throws Exception {
    cluster = new TestCluster("dc1", false);
    String[] peers =
        IntStream.range(0, PEERS).mapToObj(i -> "a-peer-of-" + i).toArray(String[]::new);
    for (String peer : peers) {
      cluster.peerWith(peer, peer + ".consul", cluster);
    }
    for (int i = 0; i < SERVICES; i++) {
      register(i);
    }
    cluster.export("*", peers);
    cluster.register(TestMesh.gateway(TestBackend.deadPort()), "passing");
    feed =
        new RouteFeed(
            loops.newLoop(),
            blocking,
            new RouteFeed.Identity("gateway", ProxyResources.MESH_GATEWAY, ""),
            cluster.contact("gateway"),
            this::told);
  }

  @AfterEach
  void stop() {
    feed.close();
    loops.close();
    blocking.shutdownNow();
    cluster.close();
  }

  private void told(ProxySnapshot snapshot) {
    least.accumulateAndGet(snapshot.routes().size(), Math::min);
    last.set(snapshot);
  }

  private void register(int number) {
    String name = "a-service-of-" + number;
    cluster.register(NodeService.newBuilder().setId(name).setService(name).build(), "passing");
    cluster.register(TestMesh.sidecar(name, 20_000, 1).build(), "passing");
  }

  private static boolean has(ProxySnapshot snapshot, int services) {
    return snapshot != null && snapshot.routes().size() == services * (PEERS + 1);
  }

  @Test
  void shouldRouteThemAllAlsoWhileAServerTellsThemAnew() throws Exception {
    feed.start();
    await().atMost(PATIENCE).until(() -> has(last.get(), SERVICES));
    assertThat(last.get().endpoints()).hasSize(SERVICES);
    register(SERVICES);
    await().atMost(PATIENCE).until(() -> has(last.get(), SERVICES + 1));

    least.set(Integer.MAX_VALUE);
    int port = cluster.stopServer();
    register(SERVICES + 1);
    cluster.startServer(port);
    await().atMost(PATIENCE).until(() -> has(last.get(), SERVICES + 2));
    assertThat(least.get()).isGreaterThanOrEqualTo((SERVICES + 1) * (PEERS + 1));
  }
}
