package io.hanse.bench.load;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** One exporting cluster, and many that import all of it. */
final class FanRun implements AutoCloseable {
  private static final String SYNC = "first sync of all importers";
  private static final String CHANGE = "one change until all importers show it";
  private static final String IDLE = "idle with all importers";
  static final List<String> ROWS = List.of(SYNC, CHANGE, IDLE);

  private static final int SETTLE_MILLIS = 3_000;
  private static final int SAMPLES = 10;

  private final Kind kind;
  private final PeeringRun.Side importing;
  private final PeeringRun.Plan plan;
  private final Report report;
  private final Cluster exporter;
  private final List<Cluster> importers = new ArrayList<>();
  private final ExportedCatalog catalog;
  private final Random random = new Random(1);
  private int ports = 10_000;

  /**
   * Starts nothing yet.
   *
   * @param kind what the figures are reported of
   */
  FanRun(
      Kind kind,
      PeeringRun.Side exporting,
      PeeringRun.Side importing,
      PeeringRun.Plan plan,
      Report report)
      throws IOException {
    this.kind = kind;
    this.importing = importing;
    this.plan = plan;
    this.report = report;
    exporter = exporting.cluster(plan.servers());
    catalog = new ExportedCatalog(exporter, plan.services(), plan.instances());
  }

  void run() throws Exception {
    exporter.start();
    catalog.load();
    String address = "127.0.0.1:" + exporter.tlsPort(exporter.leader());
    List<String> names = new ArrayList<>();
    for (int i = 0; i < plan.importers(); i++) {
      String name = "importer-" + i;
      names.add(name);
      // Its ports are free now, and may not be for long.
      Cluster importer = importing.cluster(1);
      importers.add(importer);
      importer.start();
      catalog.peer(name, address, importer);
    }
    for (Cluster importer : importers) {
      Cluster.await(
          () ->
              importer
                  .get(0, "/v1/peering/exporter")
                  .replace(" ", "")
                  .contains("\"State\":\"ACTIVE\""),
          "an active peering");
    }
    Cluster.pause(SETTLE_MILLIS);
    firstSync(names);
    Cluster.pause(SETTLE_MILLIS);
    changes();
    Cluster.pause(SETTLE_MILLIS);
    idle();
  }

  private void firstSync(List<String> names) {
    double cpu = Usage.cpuMicros(exporter.pids());
    long begin = System.nanoTime();
    catalog.exportTo(names);
    importers.forEach(importer -> catalog.awaitSamples(importer, SAMPLES));
    double seconds = (System.nanoTime() - begin) / 1e9;
    double micros = Usage.cpuMicros(exporter.pids()) - cpu;
    boolean isAll = true;
    for (Cluster importer : importers) {
      isAll &= catalog.awaitAll(importer);
    }
    if (!isAll) {
      seconds = (System.nanoTime() - begin) / 1e9;
    }
    report.add(SYNC, kind, "s", seconds);
    report.add(SYNC, kind, "exporter CPU ms/importer", micros / 1e3 / importers.size());
  }

  private void changes() throws InterruptedException {
    for (int i = 0; i < plan.warm(); i++) {
      change(random.nextInt(plan.services()));
    }
    Latencies latencies = new Latencies();
    double cpu = Usage.cpuMicros(exporter.pids());
    for (int i = 0; i < plan.changes(); i++) {
      latencies.add(change(random.nextInt(plan.services())));
    }
    double micros = Usage.cpuMicros(exporter.pids()) - cpu;
    report.add(CHANGE, kind, "p50 ms", latencies.millis(0.5));
    report.add(CHANGE, kind, "p99 ms", latencies.millis(0.99));
    report.add(
        CHANGE, kind, "exporter CPU us/importer", micros / plan.changes() / importers.size());
  }

  /** Nanoseconds from the write to the last answer of a query that waits for it. */
  private long change(int number) throws InterruptedException {
    int port = ports++;
    String path = ExportedCatalog.path(number);
    long[] at = new long[importers.size()];
    List<Thread> waiting = new ArrayList<>();
    for (int i = 0; i < at.length; i++) {
      int which = i;
      String seen = importers.get(i).indexOf(0, path);
      waiting.add(
          new Thread(
              () ->
                  at[which] =
                      ExportedCatalog.awaitPort(importers.get(which), 0, number, port, seen)));
      waiting.get(i).start();
    }
    Cluster.pause(100);
    long begin = System.nanoTime();
    catalog.change(number, random.nextInt(plan.instances()), port);
    long last = 0;
    for (int i = 0; i < at.length; i++) {
      waiting.get(i).join();
      last = Math.max(last, at[i] - begin);
    }
    return last;
  }

  private void idle() {
    double cpu = Usage.cpuMicros(exporter.pids());
    Cluster.pause((long) (plan.idleSeconds() * 1_000));
    double micros = Usage.cpuMicros(exporter.pids()) - cpu;
    report.add(IDLE, kind, "exporter %", micros / plan.idleSeconds() / 1e6 * 100);
    report.add(IDLE, kind, "exporter MB", Usage.rssKilobytes(exporter.pids()) / 1e3);
  }

  @Override
  public void close() throws IOException {
    for (Cluster importer : importers) {
      importer.close();
    }
    exporter.close();
  }
}
