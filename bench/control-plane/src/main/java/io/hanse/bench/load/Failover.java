package io.hanse.bench.load;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Kills the leader under load and looks how long nothing is acknowledged. */
final class Failover {
  private static final int LANES = 64;
  private static final long AFTER_NANOS = 8_000_000_000L;

  private Failover() {}

  static void run(Cluster cluster, Report report) throws Exception {
    String row = "kill -9 of the leader, " + LANES + " writes in flight at the others";
    int leader = cluster.leader();
    List<InetSocketAddress> survivors =
        List.of(
            cluster.address((leader + 1) % cluster.size()),
            cluster.address((leader + 2) % cluster.size()));
    AtomicLong killed = new AtomicLong();
    AtomicInteger errors = new AtomicInteger();
    long[] gap = {0, 0, 0};
    int connections = Math.max(2, cluster.connections(LANES));
    try (Flood flood =
        new Flood(
            survivors,
            cluster.wires(),
            LANES,
            connections,
            Requests.keyValue(cluster.kind()),
            (lane, sent, done, isOk) -> {
              if (!isOk) {
                errors.incrementAndGet();
                return;
              }
              if (killed.get() != 0 && done - gap[0] > gap[1]) {
                gap[1] = done - gap[0];
                gap[2] = done - killed.get();
              }
              gap[0] = done;
            })) {
      flood.begin();
      long calm = System.nanoTime() + 1_500_000_000L;
      flood.run(() -> System.nanoTime() < calm, 0);
      errors.set(0);
      killed.set(System.nanoTime());
      cluster.kill(leader);
      long until = System.nanoTime() + AFTER_NANOS;
      boolean[] isOver = {false};
      flood.run(
          () -> {
            isOver[0] = gap[2] > 0 && System.nanoTime() - killed.get() - gap[2] > 1_500_000_000L;
            return !isOver[0] && System.nanoTime() < until;
          },
          0);
    }
    report.add(row, cluster.kind(), "first ms", gap[2] / 1e6);
    report.add(row, cluster.kind(), "errors", errors.get());
    cluster.awaitEnd(leader);
    cluster.start(leader);
    Cluster.await(() -> cluster.leader() >= 0 && cluster.writes(leader), "the killed server");
    Cluster.pause(2000);
  }
}
