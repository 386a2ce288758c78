package io.hanse.bench.load;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Blocking queries that are parked while something changes: who wakes, how soon, at what cost. */
final class Watches {
  private static final int WINDOW_SECONDS = 60;
  private static final int SEEDING = 64;

  /** Of own services so many change, one after the other, so that there is a 99th percentile. */
  private static final int OWN_CHANGES = 300;

  private static final long POLL_NANOS = 200_000;
  private static final long CHANGE_NANOS_MAX = 2_000_000_000L;

  private final Cluster cluster;
  private final boolean isShared;

  /** One for each lane, which has a connection of its own. */
  private final List<HttpWire> wires = new ArrayList<>();

  /** Of each lane's first answer: what it waits for to be passed. */
  private final long[] seen;

  private final int[] asked;

  private final Latencies latencies = new Latencies();
  private boolean isParking;
  private volatile long changedNanos;

  /** The lane whose service changes, where each has its own. */
  private volatile int changing;

  private volatile int woken;
  private int answered;
  private int spurious;

  private Watches(Cluster cluster, int count, boolean isShared) {
    this.cluster = cluster;
    this.isShared = isShared;
    this.seen = new long[count];
    this.asked = new int[count];
  }

  /** Writes what the queries are about. */
  static void seed(Cluster cluster, int count, boolean isShared) throws Exception {
    Requests.seed(cluster, "watched");
    int[] next = {1};
    if (isShared) {
      return;
    }
    try (Flood flood =
        new Flood(
            List.of(cluster.address(cluster.leader())),
            cluster.wires(),
            SEEDING,
            SEEDING,
            lane ->
                next[0] == count
                    ? null
                    : Request.put(
                        "/v1/catalog/register",
                        Requests.registration("own-node-" + next[0] % 100, own(next[0]++), 0)),
            (lane, sent, done, isOk) -> {})) {
      flood.begin();
      flood.run(() -> next[0] < count, 10_000_000_000L);
    }
  }

  /**
   * Parks queries on one service, which changes, or each on its own, of which some change one after
   * the other, and waits for those that have to wake. Each asks for the present index, then waits for a later one, once. A second watch
   * in the same rounds shows what only a parked query costs.
   */
  static void run(Cluster cluster, int count, boolean isShared, Report report) throws Exception {
    new Watches(cluster, count, isShared).run(report);
  }

  private void run(Report report) throws Exception {
    int count = seen.length;
    int changes = isShared ? 1 : Math.min(OWN_CHANGES, count);
    int due = isShared ? count : changes;
    String row = count + (isShared ? " on one service" : " on own services");
    List<Long> pids = cluster.pids();
    List<Long> self = List.of(ProcessHandle.current().pid());
    int server = cluster.leader();
    long before = memory(cluster, server);
    try (Flood flood =
        new Flood(
            List.of(cluster.address(server)),
            () -> {
              HttpWire wire = new HttpWire();
              wires.add(wire);
              return wire;
            },
            count,
            count,
            this::request,
            (lane, sent, done, isOk) -> took(lane, done, isOk))) {
      flood.begin();
      flood.run(() -> answered < count, 0);
      isParking = true;
      double parking = Usage.cpuMicros(pids);
      flood.begin();
      long settled = System.nanoTime() + 3_000_000_000L + count * 200_000L;
      flood.run(() -> System.nanoTime() < settled, 0);
      parking = Usage.cpuMicros(pids) - parking;
      long after = memory(cluster, server);
      double cpu = Usage.cpuMicros(pids);
      double own = Usage.cpuMicros(self);
      Thread writer = new Thread(() -> change(server, changes));
      writer.start();
      long until = System.nanoTime() + WINDOW_SECONDS * 1_000_000_000L;
      flood.run(() -> latencies.count() < due && System.nanoTime() < until, 0);
      writer.join();
      own = Usage.cpuMicros(self) - own;
      double spent = Usage.cpuMicros(pids) - cpu;
      long calm = System.nanoTime() + 1_000_000_000L;
      flood.run(() -> System.nanoTime() < calm, 0);
      report.add(row, cluster.kind(), "p50 ms", latencies.millis(0.5));
      report.add(row, cluster.kind(), "p99 ms", latencies.millis(0.99));
      report.add(row, cluster.kind(), "max ms", latencies.millis(1));
      report.add(row, cluster.kind(), "cpu ms", spent / 1000 / changes);
      report.add(row, cluster.kind(), "load ms", own / 1000 / changes);
      report.add(row, cluster.kind(), "park us", parking / count);
      report.add(row, cluster.kind(), "KB/query", (after - before) / (double) count);
      report.add(row, cluster.kind(), "missing", Math.max(0, due - latencies.count()));
      report.add(row, cluster.kind(), "spurious", spurious);
    }
    Cluster.pause(1000);
  }

  private static String own(int lane) {
    return "own-" + lane;
  }

  /** Each lane asks twice: for the present index, then for a later one. */
  private @Nullable Request request(int lane) {
    if (asked[lane] == (isParking ? 2 : 1)) {
      return null;
    }
    asked[lane]++;
    String path = "/v1/health/service/" + (isShared || lane == 0 ? "watched" : own(lane));
    return Request.get(isParking ? path + "?wait=10m&index=" + seen[lane] : path);
  }

  private void took(int lane, long done, boolean isOk) {
    long index = wires.get(lane).index();
    if (!isParking) {
      seen[lane] = index;
      answered++;
    } else if (isOk
        && changedNanos != 0
        && index > seen[lane]
        && (isShared || lane == changing)) {
      latencies.add(done - changedNanos);
      woken = latencies.count();
    } else {
      spurious++;
    }
  }

  private void change(int server, int changes) {
    for (int i = 0; i < changes; i++) {
      changing = i;
      changedNanos = System.nanoTime();
      String node = i == 0 ? "seed-1" : "own-node-" + i % 100;
      String service = i == 0 ? "watched" : own(i);
      cluster.send(
          server,
          Request.put(
              "/v1/catalog/register",
              Requests.registration(node, service, 1 + System.nanoTime() % 1000)));
      long until = System.nanoTime() + CHANGE_NANOS_MAX;
      while (!isShared && woken <= i && System.nanoTime() < until) {
        LockSupport.parkNanos(POLL_NANOS);
      }
    }
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
