package io.hanse.bench.load;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Blocking queries that are parked while something changes: who wakes, how soon, at what cost. */
final class Watches {
  private static final int WINDOW_SECONDS = 20;
  private static final int PARKING_BATCH = 500;

  private Watches() {}

  /**
   * Parks queries on one service, or each on its own, changes one service, and waits for those that
   * have to wake. A second watch in the same rounds shows what only a parked query costs.
   */
  static void run(Cluster cluster, int count, boolean isShared, Report report) throws Exception {
    String row = count + (isShared ? " on one service" : " on own services");
    Requests.seed(cluster, "watched");
    String index = index(cluster, "watched");
    List<Long> pids = cluster.pids();
    int server = cluster.leader();
    long before = memory(cluster, server);
    Latencies latencies = new Latencies();
    AtomicInteger early = new AtomicInteger();
    long[] changed = {0};
    try (Flood flood =
        new Flood(
            List.of(cluster.address(server)),
            cluster.wires(),
            count,
            count,
            lane -> {
              String service = isShared || lane == 0 ? "watched" : "own-" + lane;
              String since = isShared || lane == 0 ? index : "1";
              return Request.get("/v1/health/service/" + service + "?wait=10m&index=" + since);
            },
            (lane, sent, done, isOk) -> {
              if (changed[0] == 0) {
                early.incrementAndGet();
              } else {
                latencies.add(done - changed[0]);
              }
            })) {
      double parking = Usage.cpuMicros(pids);
      flood.begin();
      long settled = System.nanoTime() + 3_000_000_000L + count * 200_000L;
      flood.run(() -> System.nanoTime() < settled, 0);
      parking = Usage.cpuMicros(pids) - parking;
      long after = memory(cluster, server);
      double cpu = Usage.cpuMicros(pids);
      changed[0] = System.nanoTime();
      Thread writer =
          new Thread(
              () ->
                  cluster.send(
                      server,
                      Request.put(
                          "/v1/catalog/register",
                          Requests.registration("seed-1", "watched", System.nanoTime() % 1000))));
      writer.start();
      int woken = isShared ? count : 1;
      long until = System.nanoTime() + WINDOW_SECONDS * 1_000_000_000L;
      flood.run(() -> latencies.count() < woken && System.nanoTime() < until, 0);
      writer.join();
      long calm = System.nanoTime() + 1_000_000_000L;
      flood.run(() -> System.nanoTime() < calm, 0);
      report.add(row, cluster.kind(), "p50 ms", latencies.millis(0.5));
      report.add(row, cluster.kind(), "p99 ms", latencies.millis(0.99));
      report.add(row, cluster.kind(), "max ms", latencies.millis(1));
      report.add(row, cluster.kind(), "cpu ms", (Usage.cpuMicros(pids) - cpu) / 1000);
      report.add(row, cluster.kind(), "park us", parking / count);
      report.add(row, cluster.kind(), "KB/query", (after - before) / (double) count);
      report.add(row, cluster.kind(), "spurious", early.get() + latencies.count() - woken);
    }
    Cluster.pause(1000);
  }

  private static String index(Cluster cluster, String service) throws Exception {
    List<HttpWire> wires = new ArrayList<>();
    try (Flood flood =
        new Flood(
            List.of(cluster.address(cluster.leader())),
            () -> {
              HttpWire wire = new HttpWire();
              wires.add(wire);
              return wire;
            },
            1,
            1,
            lane -> Request.get("/v1/health/service/" + service),
            (lane, sent, done, isOk) -> {})) {
      flood.begin();
      flood.run(() -> false, 5_000_000_000L);
    }
    return Long.toString(wires.get(0).index());
  }

  /** Kilobytes: of a JVM what lives on its heap after a collection, of others the resident set. */
  private static long memory(Cluster cluster, int server) throws Exception {
    long pid = cluster.pid(server);
    if (!cluster.kind().isJvm()) {
      return Usage.rssKilobytes(List.of(pid));
    }
    Process process = new ProcessBuilder("jcmd", Long.toString(pid), "GC.class_histogram").start();
    String total =
        new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8)
            .lines()
            .filter(line -> line.startsWith("Total"))
            .findFirst()
            .orElse("Total 0 0");
    return Long.parseLong(total.trim().split(" +", -1)[2]) / 1024;
  }
}
