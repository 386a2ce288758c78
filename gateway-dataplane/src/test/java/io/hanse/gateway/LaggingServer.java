package io.hanse.gateway;

import io.hanse.fsm.apply.ClusterStateMachine;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.store.ReadSet;
import io.hanse.fsm.store.Store;
import io.hanse.fsm.store.StoreSettings;
import io.hanse.fsm.store.View;
import io.hanse.peering.dataplane.ProxyFeed;
import io.hanse.peering.protocol.StreamLimits;
import io.hanse.peering.replication.ThreadLoops;
import io.hanse.peering.transport.DataPlaneEndpoint;
import io.hanse.peering.transport.ExternalGrpcServer;
import io.hanse.peering.transport.ExternalGrpcSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Another server of a cluster: it has what the cluster had when it was made, and nothing newer
 * until it catches up.
 */
final class LaggingServer implements AutoCloseable, StateReader {
  private final TestCluster cluster;
  private final ClusterStateMachine machine =
      new ClusterStateMachine(new Store(StoreSettings.defaults(), Runnable::run));
  private final ThreadLoops loops = new ThreadLoops("lagging", 1);
  private final ProxyFeed feed;
  private final ExternalGrpcServer server;
  private final AtomicInteger asked = new AtomicInteger();
  private int applied;

  /** It knows no leader, and so not whether it is behind. */
  volatile boolean isCutOff = true;

  LaggingServer(TestCluster cluster) throws IOException {
    this.cluster = cluster;
    catchUp();
    feed = new ProxyFeed(loops, this, /* allowByDefault= */ false, StreamLimits.DEFAULT);
    server =
        ExternalGrpcServer.start(
            ExternalGrpcSettings.of("127.0.0.1", 0),
            cluster.certificate(),
            List.of(new DataPlaneEndpoint(feed, cluster.executor())),
            cluster.executor());
  }

  void catchUp() {
    List<byte[]> log = cluster.log();
    while (applied < log.size()) {
      machine.apply(applied + 1, log.get(applied));
      applied++;
    }
  }

  /** How often somebody wanted to know whether it has all. */
  int asked() {
    return asked.get();
  }

  int port() {
    return server.port();
  }

  @Override
  public CompletableFuture<Freshness> fresh(Level level, Duration patience) {
    asked.incrementAndGet();
    return isCutOff
        ? CompletableFuture.failedFuture(
            new ProblemException(ProblemCode.NO_LEADER, "no leader is known"))
        : CompletableFuture.completedFuture(freshness());
  }

  @Override
  public Freshness freshness() {
    return new Freshness(true, 0);
  }

  @Override
  public View view() {
    return machine.view();
  }

  @Override
  public Runnable watch(ReadSet reads, long since, Runnable wake) {
    return machine.watches().watch(reads, since, wake);
  }

  @Override
  public void close() {
    feed.close();
    server.close();
    loops.close();
    machine.close();
  }
}
