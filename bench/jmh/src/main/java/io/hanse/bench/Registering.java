package io.hanse.bench;

import com.sun.management.ThreadMXBean;
import io.hanse.fsm.apply.ClusterStateMachine;
import io.hanse.fsm.row.Batch;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.HealthCheck;
import io.hanse.fsm.row.Node;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.row.RegisterCatalog;
import io.hanse.fsm.store.Store;
import io.hanse.fsm.store.StoreSettings;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * What it takes to apply a registration that changes something, as {@code bench/load writes} sends
 * them: processor time and garbage of the applying thread, in one warm process. Run by {@code
 * bench/growth registering}.
 */
public final class Registering {
  private static final int NODES = 5_000;
  private static final int SERVICES = 500;
  private static final int OUTPUTS = 50_000;

  /** Commands of one entry of the log, as they come together under load. */
  private static final int TOGETHER = 32;

  private static final int ROUND = 50_000;

  private Registering() {}

  /** Takes the number of rounds. */
  public static void main(String[] rounds) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    ExecutorService background = Executors.newCachedThreadPool();
    Store store = new Store(StoreSettings.defaults(), background);
    try (ClusterStateMachine machine = new ClusterStateMachine(store)) {
      AppliedLog log = new AppliedLog(machine);
      long sent = 0;
      for (int round = 0; round < Integer.parseInt(rounds[0]); round++) {
        byte[][] entries = new byte[ROUND / TOGETHER][];
        for (int i = 0; i < entries.length; i++) {
          Batch.Builder batch = Batch.newBuilder();
          for (int j = 0; j < TOGETHER; j++) {
            batch.addEntries(log.entry(registration(sent++)));
          }
          entries[i] = log.encoded(batch);
        }
        long id = Thread.currentThread().getId();
        long bytes = threads.getThreadAllocatedBytes(id);
        long nanos = threads.getCurrentThreadCpuTime();
        for (byte[] entry : entries) {
          log.append(entry);
        }
        double count = (double) entries.length * TOGETHER;
        System.out.printf(
            Locale.ROOT,
            "%5.1f us %7.0f bytes a registration; digest %016x%n",
            (threads.getCurrentThreadCpuTime() - nanos) / count / 1e3,
            (threads.getThreadAllocatedBytes(id) - bytes) / count,
            machine.digest());
      }
    }
    background.shutdownNow();
  }

  private static Command.Builder registration(long n) {
    String node = "node-" + n % NODES;
    String service = "load-" + n % SERVICES;
    long output = n % OUTPUTS;
    return Command.newBuilder()
        .setRegister(
            RegisterCatalog.newBuilder()
                .setNode(
                    Node.newBuilder()
                        .setNode(node)
                        .setAddress("10.0.0.1")
                        .setDatacenter("dc1")
                        .putMeta("rack", "r1"))
                .setService(
                    NodeService.newBuilder()
                        .setId(service + "-1")
                        .setService(service)
                        .addTags("v1")
                        .addTags("primary")
                        .setAddress("10.0.0.1")
                        .setPort(10_000 + (int) output)
                        .putMeta("version", "1.2.3")
                        .putMeta("zone", "a"))
                .addChecks(
                    HealthCheck.newBuilder()
                        .setNode(node)
                        .setCheckId(service + "-alive")
                        .setName("alive")
                        .setServiceId(service + "-1")
                        .setStatus("passing")
                        .setOutput("HTTP GET 200 OK " + output)));
  }
}
