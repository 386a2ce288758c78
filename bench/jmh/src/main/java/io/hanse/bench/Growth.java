package io.hanse.bench;

import com.google.protobuf.ByteString;
import io.hanse.fsm.apply.ClusterStateMachine;
import io.hanse.fsm.row.Batch;
import io.hanse.fsm.row.BeginRestore;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.CompleteRestore;
import io.hanse.fsm.row.Entry;
import io.hanse.fsm.row.HealthCheck;
import io.hanse.fsm.row.Node;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.row.RegisterCatalog;
import io.hanse.fsm.row.StageRestore;
import io.hanse.fsm.store.FolderSync;
import io.hanse.fsm.store.Store;
import io.hanse.fsm.store.StoreSettings;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Health;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.zip.GZIPOutputStream;

/**
 * How the cost of one step grows with the catalog: registering, changing and looking up at several
 * sizes, a snapshot beside applies, and loading it. Prints a table; run by {@code bench/growth}.
 */
public final class Growth {
  private static final String RESTORE = "growth";
  private static final int PER_SERVICE = 10;
  private static final int PER_NODE = 10;
  private static final int STEPS = 5_000;

  /** Commands of one entry of the log, as they come together under load. */
  private static final int TOGETHER = 64;

  private static final int WARM_INSTANCES = 50_000;

  /** Of a restore, as the HTTP API cuts them. */
  private static final int PART_BYTES = 64 << 10;

  /** The default quota has no room for a million instances with a check each. */
  private static final StoreSettings SETTINGS =
      StoreSettings.defaults()
          .withQuota(StoreSettings.QUOTA_ROWS_MAX, StoreSettings.QUOTA_BYTES_MAX);

  private final ExecutorService background;
  private final ClusterStateMachine machine;
  private final Random random = new Random(1);
  private final AppliedLog log;

  private Growth(ExecutorService background) {
    this.background = background;
    this.machine = new ClusterStateMachine(new Store(SETTINGS, background));
    this.log = new AppliedLog(machine);
  }

  /** Takes the numbers of instances, in growing order. */
  public static void main(String[] sizes) throws IOException {
    ExecutorService background = Executors.newCachedThreadPool();
    Growth warm = new Growth(background);
    warm.fill(0, WARM_INSTANCES);
    warm.measure(WARM_INSTANCES);
    System.out.printf(
        Locale.ROOT,
        "%9s %11s %11s %10s %10s %10s %8s %10s %8s %10s %8s %8s%n",
        "instances",
        "together us",
        "register us",
        "change us",
        "p99",
        "look-up us",
        "snap ms",
        "p99 beside",
        "load ms",
        "restore ms",
        "file MB",
        "heap MB");
    Growth growth = new Growth(background);
    int from = 0;
    for (String size : sizes) {
      int to = Integer.parseInt(size);
      double together = growth.fill(from, to - STEPS);
      System.out.printf(Locale.ROOT, "%9d %11.1f %s%n", to, together, growth.measure(to));
      from = to;
    }
    background.shutdownNow();
  }

  /** Answers the microseconds for each, in the median entry. */
  private double fill(int from, int to) {
    long[] nanos = new long[(to - from + TOGETHER - 1) / TOGETHER];
    for (int i = from; i < to; i += TOGETHER) {
      Batch.Builder batch = Batch.newBuilder();
      for (int j = i; j < Math.min(to, i + TOGETHER); j++) {
        batch.addEntries(registration(j, "passing"));
      }
      long begin = System.nanoTime();
      log.append(batch);
      nanos[(i - from) / TOGETHER] = System.nanoTime() - begin;
    }
    return percentile(nanos, 50) / TOGETHER;
  }

  private String measure(int to) throws IOException {
    long[] registering = new long[STEPS];
    for (int i = 0; i < STEPS; i++) {
      registering[i] = register(to - STEPS + i, "passing");
    }
    long[] changing = new long[STEPS];
    for (int i = 0; i < STEPS; i++) {
      changing[i] = change(to);
    }
    double lookUp = lookUp(to);
    Path file = Files.createTempFile("growth", ".snapshot");
    try {
      long begin = System.nanoTime();
      CompletableFuture<Void> written = CompletableFuture.runAsync(() -> write(file), background);
      long[] beside = new long[100 * STEPS];
      int count = 0;
      while (!written.isDone() && count < beside.length) {
        beside[count++] = change(to);
      }
      written.join();
      long snapshotNanos = System.nanoTime() - begin;
      begin = System.nanoTime();
      try (ClusterStateMachine loaded = new ClusterStateMachine(new Store(SETTINGS, background))) {
        loaded.loadSnapshot(file);
      }
      long loadNanos = System.nanoTime() - begin;
      String restored = restore(file);
      return String.format(
          Locale.ROOT,
          "%11.1f %10.1f %10.1f %10.1f %8d %10.1f %8d %10s %8d %8d",
          percentile(registering, 50),
          percentile(changing, 50),
          percentile(changing, 99),
          lookUp,
          snapshotNanos / 1_000_000,
          percentile(Arrays.copyOf(beside, Math.max(1, count)), 99),
          loadNanos / 1_000_000,
          restored,
          Files.size(file) >> 20,
          heapBytes() >> 20);
    } finally {
      Files.delete(file);
    }
  }

  private static long heapBytes() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  private void write(Path file) {
    try {
      machine.writeSnapshot(1, file, FolderSync.ofDisk());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Answers how long one command of a restore keeps the applying thread: a part, and the last. */
  private String restore(Path file) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(packed)) {
      Files.copy(file, out);
    }
    byte[] bytes = packed.toByteArray();
    int chunk = PART_BYTES;
    long longest = 0;
    command(
        Command.newBuilder()
            .setBeginRestore(
                BeginRestore.newBuilder()
                    .setId(RESTORE)
                    .setSnapshotBytes(Files.size(file))
                    .setChunks((bytes.length + chunk - 1) / chunk)));
    for (int at = 0; at < bytes.length; at += chunk) {
      long begin = System.nanoTime();
      command(
          Command.newBuilder()
              .setStageRestore(
                  StageRestore.newBuilder()
                      .setId(RESTORE)
                      .setNumber(at / chunk)
                      .setContent(
                          ByteString.copyFrom(bytes, at, Math.min(chunk, bytes.length - at)))));
      longest = Math.max(longest, System.nanoTime() - begin);
    }
    long begin = System.nanoTime();
    command(
        Command.newBuilder()
            .setLevel(2)
            .setCompleteRestore(CompleteRestore.newBuilder().setId(RESTORE).setKeepsParts(true)));
    return longest / 1_000_000 + "+" + (System.nanoTime() - begin) / 1_000_000;
  }

  private void command(Command.Builder command) {
    log.append(Batch.newBuilder().addEntries(log.entry(command)));
  }

  private long change(int instances) {
    return register(random.nextInt(instances), random.nextBoolean() ? "critical" : "passing");
  }

  private double lookUp(int instances) {
    long[] nanos = new long[STEPS];
    for (int i = 0; i < STEPS; i++) {
      String service = "service-" + random.nextInt(instances / PER_SERVICE);
      long begin = System.nanoTime();
      try (View view = machine.view()) {
        int found = new Health(view).service("", service).size();
        if (found != PER_SERVICE) {
          throw new IllegalStateException("found " + found + " instances of " + service);
        }
      }
      nanos[i] = System.nanoTime() - begin;
    }
    return percentile(nanos, 50);
  }

  /** Answers the nanoseconds that it took to apply. */
  private long register(int instance, String status) {
    Batch.Builder batch = Batch.newBuilder().addEntries(registration(instance, status));
    long begin = System.nanoTime();
    log.append(batch);
    return System.nanoTime() - begin;
  }

  private Entry registration(int instance, String status) {
    String node = "node-" + instance / PER_NODE;
    String id = "instance-" + instance;
    RegisterCatalog.Builder command =
        RegisterCatalog.newBuilder()
            .setNode(Node.newBuilder().setNode(node).setAddress("10.0.0.1").setDatacenter("dc1"))
            .setService(
                NodeService.newBuilder()
                    .setId(id)
                    .setService("service-" + instance / PER_SERVICE)
                    .setAddress("10.0.0.1")
                    .setPort(8080)
                    .addTags("v1"))
            .addChecks(
                HealthCheck.newBuilder()
                    .setNode(node)
                    .setCheckId("check-" + id)
                    .setName("alive")
                    .setServiceId(id)
                    .setStatus(status));
    return log.entry(Command.newBuilder().setRegister(command)).build();
  }

  private static double percentile(long[] nanos, int percent) {
    long[] sorted = nanos.clone();
    Arrays.sort(sorted);
    return sorted[Math.min(sorted.length - 1, sorted.length * percent / 100)] / 1e3;
  }
}
