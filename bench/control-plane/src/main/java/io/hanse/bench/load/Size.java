package io.hanse.bench.load;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A large catalog: what it takes to load, how much memory it needs, what a snapshot costs those who
 * write meanwhile, and how soon servers that all ended at once answer from it again.
 */
final class Size {
  private static final int PER_NODE = 20;
  private static final int PER_SERVICE = 10;
  private static final int LOADING = 16;

  /** A transaction has at most 128 operations: a node, and two for each instance. */
  private static final int NODES_TOGETHER = 3;

  /** Says how far it is so many times. */
  private static final int STEPS = 10;

  private static final int WRITING = 16;
  private static final int BESIDE_RESTORE = 4;
  private static final double BEFORE_SECONDS = 4;
  private static final double DURING_SECONDS_MIN = 2;
  private static final int SETTLE_MILLIS = 5_000;

  private final Cluster cluster;
  private final int nodes;
  private final int services;
  private final String row;
  private final Report report;

  private Size(Cluster cluster, int count, Report report) {
    this.cluster = cluster;
    this.nodes = Math.max(1, count / PER_NODE);
    this.services = Math.max(1, nodes * PER_NODE / PER_SERVICE);
    this.row = row(count);
    this.report = report;
  }

  static String row(int count) {
    return count + " instances";
  }

  static void run(Cluster cluster, int count, Optional<Path> archive, Report report)
      throws Exception {
    Size size = new Size(cluster, count, report);
    if (cluster.kind().isJvm() && archive.isPresent()) {
      size.restore(archive.get());
    } else {
      size.load();
    }
    Cluster.pause(SETTLE_MILLIS);
    size.memory("RSS MB");
    size.snapshot();
    size.memory("RSS MB after snapshot");
    size.restart();
    size.memory("RSS MB after restart");
  }

  private void load() throws Exception {
    int[] next = {0};
    int[] refused = {0};
    List<Long> pids = cluster.pids();
    double cpu = Usage.cpuMicros(pids);
    long begin = System.nanoTime();
    try (Flood flood =
        new Flood(
            List.of(cluster.address(cluster.leader())),
            cluster.wires(),
            LOADING,
            LOADING,
            lane -> next[0] == nodes ? null : Request.put("/v1/txn", some(next)),
            (lane, sent, done, isOk) -> refused[0] += isOk ? 0 : 1)) {
      flood.begin();
      for (int step = 1; step <= STEPS; step++) {
        int until = (int) ((long) nodes * step / STEPS);
        flood.run(() -> next[0] < until, 0);
        System.err.printf(
            "%s: %d instances sent after %d s%n",
            cluster.kind(), until * PER_NODE, (System.nanoTime() - begin) / 1_000_000_000);
      }
      flood.run(() -> flood.open() > 0, 0);
    }
    if (refused[0] > 0) {
      throw new IllegalStateException(refused[0] + " transactions were refused");
    }
    add("load s", (System.nanoTime() - begin) / 1e9);
    add("cpu us/instance", (Usage.cpuMicros(pids) - cpu) / (nodes * PER_NODE));
  }

  /** By an archive, beside writes: how long those wait says how long a restore holds up others. */
  private void restore(Path archive) throws Exception {
    int server = cluster.leader();
    long begin = System.nanoTime();
    AtomicReference<IOException> failure = new AtomicReference<>();
    Thread restoring =
        new Thread(
            () -> {
              try {
                cluster.upload(server, "/v1/snapshot", archive);
              } catch (IOException e) {
                failure.set(e);
              }
            });
    restoring.start();
    Latencies latencies = new Latencies();
    try (Flood flood =
        new Flood(
            List.of(cluster.address(server)),
            cluster.wires(),
            BESIDE_RESTORE,
            BESIDE_RESTORE,
            Requests.keyValue(cluster.kind()),
            (lane, sent, done, isOk) -> latencies.add(done - sent))) {
      flood.begin();
      flood.run(restoring::isAlive, 3_000_000_000L);
    }
    if (failure.get() != null) {
      throw failure.get();
    }
    add("restore s", (System.nanoTime() - begin) / 1e9);
    add("write p99 ms beside", latencies.millis(0.99));
    add("longest ms", latencies.millis(1));
  }

  /** The next nodes with their services and their checks, in one transaction. */
  private String some(int[] next) {
    List<String> operations = new ArrayList<>();
    int end = Math.min(nodes, next[0] + NODES_TOGETHER);
    while (next[0] < end) {
      add(operations, next[0]++);
    }
    return ("[" + String.join(",", operations) + "]").replace('\'', '"');
  }

  private void add(List<String> operations, int number) {
    String node = "size-n" + number;
    operations.add("{'Node':{'Verb':'set','Node':{'Node':'" + node + "','Address':'10.0.0.1'}}}");
    for (int i = 0; i < PER_NODE; i++) {
      String service = "size-s" + (number * PER_NODE + i) % services;
      String id = service + "-" + number;
      operations.add(
          "{'Service':{'Verb':'set','Node':'"
              + node
              + "','Service':{'ID':'"
              + id
              + "','Service':'"
              + service
              + "','Tags':['v1','primary'],'Address':'10.0.0.1','Port':8080,"
              + "'Meta':{'version':'1.2.3','zone':'a'}}}}");
      operations.add(
          "{'Check':{'Verb':'set','Check':{'Node':'"
              + node
              + "','CheckID':'"
              + id
              + "-alive','Name':'alive','Status':'passing','ServiceID':'"
              + id
              + "','Output':'HTTP GET 200 OK'}}}");
    }
  }

  private void snapshot() throws Exception {
    int server = cluster.leader();
    Slice before =
        Slice.of(cluster, server, WRITING, BEFORE_SECONDS, Requests.registrations(cluster.kind()));
    long begin = System.nanoTime();
    long[] took = {0, 0};
    Thread reading =
        new Thread(
            () -> {
              try {
                took[1] = cluster.download(server, "/v1/snapshot");
                took[0] = System.nanoTime() - begin;
              } catch (IOException e) {
                System.err.println(cluster.kind() + " gives no snapshot: " + e);
              }
            });
    reading.start();
    Latencies latencies = new Latencies();
    long least = begin + (long) (DURING_SECONDS_MIN * 1e9);
    try (Flood flood =
        new Flood(
            List.of(cluster.address(server)),
            cluster.wires(),
            WRITING,
            WRITING,
            Requests.registrations(cluster.kind()),
            (lane, sent, done, isOk) -> latencies.add(done - sent))) {
      flood.begin();
      flood.run(() -> reading.isAlive() || System.nanoTime() < least, 3_000_000_000L);
    }
    add("snapshot s", took[0] / 1e9);
    add("snapshot MB", took[1] / 1e6);
    add("write p99 ms", before.p99());
    add("beside it", latencies.millis(0.99));
  }

  private void restart() throws Exception {
    for (int server = 0; server < cluster.size(); server++) {
      cluster.kill(server);
    }
    for (int server = 0; server < cluster.size(); server++) {
      cluster.awaitEnd(server);
    }
    long begin = System.nanoTime();
    for (int server = 0; server < cluster.size(); server++) {
      cluster.start(server);
    }
    String last = "size-s" + (services - 1);
    for (int server = 0; server < cluster.size(); server++) {
      int asked = server;
      Cluster.await(
          () -> cluster.get(asked, "/v1/health/service/" + last).contains(last + "-"),
          "the restarted servers");
    }
    add("restart s", (System.nanoTime() - begin) / 1e9);
  }

  private void memory(String figure) {
    add(figure, Usage.rssKilobytes(cluster.pids()) / 1024.0);
  }

  private void add(String figure, double value) {
    report.add(row, cluster.kind(), figure, value);
  }
}
