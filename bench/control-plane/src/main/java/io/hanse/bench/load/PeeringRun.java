package io.hanse.bench.load;

import java.io.IOException;
import java.util.List;
import java.util.Random;

/** One pair of peered clusters: the exporter, which is dialed, and the importer. */
final class PeeringRun implements AutoCloseable {
  private static final String SYNC = "first sync";
  private static final String CHANGE = "one change";
  private static final String IDLE = "idle";
  private static final String CUT = "after a cut of 1 s";
  private static final String AGAIN = "sync again";
  private static final String ALONE = "idle, peering deleted";
  static final List<String> ROWS = List.of(SYNC, CHANGE, IDLE, CUT, AGAIN, ALONE);

  private static final int SAMPLES = 50;
  private static final int SETTLE_MILLIS = 3_000;

  /** So long no more than this share of a core is at rest; a Consul that imports takes a seventh. */
  private static final int REST_SECONDS = 2;

  private static final double REST_SHARE = 0.4;

  /** What is done. */
  record Plan(
      int services,
      int instances,
      int warm,
      int changes,
      double idleSeconds,
      int servers,
      int importers) {}

  private final Kind kind;
  private final Plan plan;
  private final Report report;
  private final Cluster exporter;
  private final Cluster importer;
  private final ExportedCatalog catalog;
  private final Random random = new Random(1);
  private Relay relay;

  /** Until the exporter's own answer. */
  private Latencies writes = new Latencies();

  private int ports = 10_000;

  /** The servers of one side. */
  record Side(Kind kind, String program) {
    Cluster cluster(int servers) throws IOException {
      return new Cluster(kind, program, servers);
    }
  }

  /**
   * Starts nothing yet.
   *
   * @param kind what the figures are reported of
   */
  PeeringRun(Kind kind, Side exporting, Side importing, Plan plan, Report report)
      throws IOException {
    this.kind = kind;
    this.plan = plan;
    this.report = report;
    exporter = exporting.cluster(plan.servers());
    importer = importing.cluster(plan.servers());
    catalog = new ExportedCatalog(exporter, plan.services(), plan.instances());
  }

  void run() throws Exception {
    exporter.start();
    importer.start();
    relay = new Relay(exporter.tlsPort(exporter.leader()));
    catalog.load();
    peer();
    awaitRest();
    begin(SYNC);
    sync(SYNC);
    begin(CHANGE);
    changes();
    begin(IDLE);
    idle(IDLE);
    begin(CUT);
    cut();
    takeBack();
    begin(AGAIN);
    sync(AGAIN);
    endPeering();
    begin(ALONE);
    idle(ALONE);
  }

  /** Tells who waits, after a pause in which what was before comes to its end. */
  private void begin(String row) {
    System.err.println(kind.label() + ": " + row);
    Cluster.pause(SETTLE_MILLIS);
  }

  private void peer() {
    catalog.peer("importer", relay.address(), importer);
    awaitActive();
  }

  private void awaitActive() {
    Cluster.await(
        () ->
            importer
                .get(importer.leader(), "/v1/peering/exporter")
                .replace(" ", "")
                .contains("\"State\":\"ACTIVE\""),
        "an active peering");
  }

  /** As servers are that started some time before: what they do for themselves then is done. */
  private void awaitRest() {
    double[] before = {0};
    Cluster.await(
        () -> {
          double now = Usage.cpuMicros(exporter.pids()) + Usage.cpuMicros(importer.pids());
          boolean isRest = now - before[0] < REST_SECONDS * REST_SHARE * 1e6;
          before[0] = now;
          if (!isRest) {
            Cluster.pause(REST_SECONDS * 1_000L);
          }
          return isRest;
        },
        "servers at rest");
  }

  private void sync(String row) {
    double exporterCpu = Usage.cpuMicros(exporter.pids());
    double importerCpu = Usage.cpuMicros(importer.pids());
    long bytes = relay.bytes();
    long begin = System.nanoTime();
    catalog.exportTo(List.of("importer"));
    catalog.awaitSamples(importer, SAMPLES);
    double seconds = (System.nanoTime() - begin) / 1e9;
    double count = (double) plan.services() * plan.instances();
    double exporterMicros = (Usage.cpuMicros(exporter.pids()) - exporterCpu) / count;
    double importerMicros = (Usage.cpuMicros(importer.pids()) - importerCpu) / count;
    if (!catalog.awaitAll(importer)) {
      seconds = (System.nanoTime() - begin) / 1e9;
    }
    report.add(row, kind, "s", seconds);
    report.add(row, kind, "exporter us/instance", exporterMicros);
    report.add(row, kind, "importer us/instance", importerMicros);
    report.add(row, kind, "MB", (relay.bytes() - bytes) / 1e6);
  }

  /** Nothing is exported any more, and nothing is imported. */
  private void takeBack() {
    exporter.send(exporter.leader(), Request.delete("/v1/config/exported-services/default"));
    for (int i = 0; i < plan.services(); i++) {
      int number = i;
      Cluster.await(
          () -> !catalog.isVisible(number, importer), ExportedCatalog.service(number) + " to be gone");
    }
  }

  private void endPeering() {
    importer.send(importer.leader(), Request.delete("/v1/peering/exporter"));
    exporter.send(exporter.leader(), Request.delete("/v1/peering/importer"));
    Cluster.await(
        () -> importer.get(importer.leader(), "/v1/peerings").replace(" ", "").equals("[]"),
        "a deleted peering");
  }

  private void changes() throws InterruptedException {
    for (int i = 0; i < plan.warm(); i++) {
      change(random.nextInt(plan.services()));
    }
    Latencies latencies = new Latencies();
    writes = new Latencies();
    long bytes = relay.bytes();
    for (int i = 0; i < plan.changes(); i++) {
      latencies.add(change(random.nextInt(plan.services())));
    }
    Cluster.pause(500);
    report.add(CHANGE, kind, "p50 ms", latencies.millis(0.5));
    report.add(CHANGE, kind, "p99 ms", latencies.millis(0.99));
    report.add(CHANGE, kind, "of it the write p50", writes.millis(0.5));
    report.add(CHANGE, kind, "bytes", (double) (relay.bytes() - bytes) / plan.changes());
  }

  /** Nanoseconds from the write to the answer of a query that waits for it. */
  private long change(int number) throws InterruptedException {
    int port = ports++;
    String seen = importer.indexOf(importer.leader(), ExportedCatalog.path(number));
    long[] at = {0};
    Thread waiting = new Thread(() -> at[0] = awaitPort(number, port, seen));
    waiting.start();
    Cluster.pause(15);
    long begin = System.nanoTime();
    catalog.change(number, random.nextInt(plan.instances()), port);
    writes.add(System.nanoTime() - begin);
    waiting.join();
    return at[0] - begin;
  }

  private long awaitPort(int number, int port, String index) {
    return ExportedCatalog.awaitPort(importer, importer.leader(), number, port, index);
  }

  private void idle(String row) {
    double exporterCpu = Usage.cpuMicros(exporter.pids());
    double importerCpu = Usage.cpuMicros(importer.pids());
    long bytes = relay.bytes();
    Cluster.pause((long) (plan.idleSeconds() * 1_000));
    double micros = plan.idleSeconds() * 1e6;
    report.add(
        row, kind, "exporter %", (Usage.cpuMicros(exporter.pids()) - exporterCpu) / micros * 100);
    report.add(
        row, kind, "importer %", (Usage.cpuMicros(importer.pids()) - importerCpu) / micros * 100);
    report.add(row, kind, "bytes/s", (relay.bytes() - bytes) / plan.idleSeconds());
  }

  private void cut() throws InterruptedException {
    cutForASecond();
    long bytes = relay.bytes();
    relay.mend();
    Cluster.pause(SETTLE_MILLIS);
    awaitActive();
    awaitQuiet();
    report.add(CUT, kind, "bytes, nothing changed", relay.bytes() - bytes);
    // So long that the link counts as a good one again.
    Cluster.pause(31_000);
    relay.cut();
    Cluster.pause(500);
    int number = random.nextInt(plan.services());
    int port = ports++;
    String seen = importer.indexOf(importer.leader(), ExportedCatalog.path(number));
    long[] at = {0};
    Thread waiting = new Thread(() -> at[0] = awaitPort(number, port, seen));
    waiting.start();
    catalog.change(number, 0, port);
    Cluster.pause(500);
    long begin = System.nanoTime();
    relay.mend();
    waiting.join();
    report.add(CUT, kind, "ms to a change", (at[0] - begin) / 1e6);
  }

  private void cutForASecond() {
    relay.cut();
    Cluster.pause(1_000);
  }

  private void awaitQuiet() {
    long[] before = {-1};
    Cluster.await(
        () -> {
          long now = relay.bytes();
          boolean isQuiet = now == before[0];
          before[0] = now;
          Cluster.pause(1_000);
          return isQuiet;
        },
        "a quiet link");
  }

  @Override
  public void close() throws IOException {
    if (relay != null) {
      relay.close();
    }
    exporter.close();
    importer.close();
  }
}
