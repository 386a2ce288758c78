package io.hanse.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hanse.gateway.feed.ProxySnapshot;
import io.hanse.gateway.feed.RouteFeed;
import io.hanse.peering.link.Inbound;
import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.link.ProxyAcceptor;
import io.hanse.peering.proto.ReplicationMessage;
import io.hanse.peering.protocol.ProxyResources;
import io.hanse.peering.replication.ThreadLoops;
import io.hanse.peering.transport.DataPlaneEndpoint;
import io.hanse.peering.transport.ExternalGrpcServer;
import io.hanse.peering.transport.ExternalGrpcSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A proxy whose server is lost finds one that has not come to what it was told. */
@Execution(ExecutionMode.CONCURRENT)
class LaggingServerIT {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final ThreadLoops loops = new ThreadLoops("proxy", 1);
  private final ExecutorService blocking = Executors.newSingleThreadExecutor();

  /** What the last intention of each snapshot said. */
  private final List<Boolean> allowed = new CopyOnWriteArrayList<>();

  private TestCluster cluster;
  private LaggingServer lagging;
  private RouteFeed feed;
  private volatile List<Integer> ports;

  @BeforeEach
  void start() throws Exception {
    cluster = new TestCluster("dc1", false);
    cluster.register(TestMesh.sidecar("db", 20_000, 1).build(), "passing");
    cluster.intention("db", "", "web", "allow");
    lagging = new LaggingServer(cluster);
    cluster.intention("db", "", "web", "deny");
    ports = List.of(cluster.port());
    feed =
        new RouteFeed(
            loops.newLoop(),
            blocking,
            new RouteFeed.Identity("db-proxy", ProxyResources.SIDECAR, ""),
            cluster.contact("db-proxy", () -> ports),
            this::told);
    feed.start();
    await().atMost(PATIENCE).until(() -> !allowed.isEmpty());
    assertThat(allowed).containsOnly(false);
  }

  @AfterEach
  void stop() {
    feed.close();
    loops.close();
    blocking.shutdownNow();
    lagging.close();
    cluster.close();
  }

  private void told(ProxySnapshot snapshot) {
    allowed.add(snapshot.intentions().getRules(0).getAllow());
  }

  /** It is the only one that the proxy knows by then, be it for a balancer. */
  @Test
  void shouldNotBeTakenBackInTimeByAServerThatKnowsNoLeader() {
    cluster.stopServer();
    ports = List.of(lagging.port());
    await().atMost(PATIENCE).until(() -> allowed.contains(true) || lagging.asked() > 2);
    assertThat(allowed).containsOnly(false);

    lagging.catchUp();
    cluster.intention("db", "", "web", "allow");
    lagging.catchUp();
    await().atMost(PATIENCE).until(() -> allowed.contains(true));
    assertThat(feed.server()).endsWith(":" + lagging.port());
  }

  /** As when the cluster was made anew from an archive: nobody has anything newer. */
  @Test
  void shouldTakeWhatThereIsOnceAllAreBehind() {
    cluster.stopServer();
    lagging.isCutOff = false;
    ports = List.of(lagging.port());
    await().atMost(PATIENCE).until(() -> allowed.contains(true));
    assertThat(allowed).startsWith(false).endsWith(true);
  }

  /** It said that it lives, and no more: what the proxy has is as new as before. */
  @Test
  void shouldKeepItsIndexWhereAServerOnlyGreets() throws Exception {
    Queue<Long> told = new ConcurrentLinkedQueue<>();
    try (ExternalGrpcServer greeter = greeter(told)) {
      cluster.stopServer();
      long stoppedNanos = System.nanoTime();
      ports = List.of(greeter.port());
      await().atMost(PATIENCE).until(() -> told.size() > 2);
      long index = told.element();
      assertThat(index).isPositive();
      assertThat(told).startsWith(index, 0L, index);
      assertThat(feed.ageMillis())
          .isGreaterThanOrEqualTo(
              TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - stoppedNanos) - 100);
    }
  }

  /** Behind all who have anything; whoever takes that is greeted and left. */
  private ExternalGrpcServer greeter(Collection<Long> told) throws IOException {
    ProxyAcceptor acceptor =
        (open, token, outbound) -> {
          told.add(open.getIndex());
          if (open.getIndex() > 0) {
            outbound.close(LinkStatus.of(LinkStatus.Code.OUT_OF_RANGE, "behind"));
          } else {
            outbound.send(
                ReplicationMessage.newBuilder()
                    .setHeartbeat(ReplicationMessage.Heartbeat.getDefaultInstance())
                    .build());
            outbound.close(LinkStatus.of(LinkStatus.Code.UNAVAILABLE, "it ends"));
          }
          return new Deaf();
        };
    return ExternalGrpcServer.start(
        ExternalGrpcSettings.of("127.0.0.1", 0),
        cluster.certificate(),
        List.of(new DataPlaneEndpoint(acceptor, cluster.executor())),
        cluster.executor());
  }

  private static final class Deaf implements Inbound {
    @Override
    public void onMessage(ReplicationMessage message) {}

    @Override
    public void onReady() {}

    @Override
    public void onHalfClose() {}

    @Override
    public void onEnd(LinkStatus status) {}
  }
}
