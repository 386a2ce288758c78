package io.hanse.bench;

import io.hanse.fsm.apply.ClusterStateMachine;
import io.hanse.fsm.row.Batch;
import io.hanse.fsm.row.ClusterIdentity;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.HealthCheck;
import io.hanse.fsm.row.InitializeCluster;
import io.hanse.fsm.row.Node;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.row.RegisterCatalog;
import io.hanse.fsm.store.FolderSync;
import io.hanse.fsm.store.SnapshotFile;
import io.hanse.fsm.store.Store;
import io.hanse.fsm.store.StoreSettings;
import io.hanse.http.archive.ArchiveMeta;
import io.hanse.http.archive.ArchiveWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Makes an archive with many instances, each with a check, for {@code bench/load size --archive}:
 * to register a million over HTTP takes longer than all that is measured then.
 */
public final class CatalogArchive {
  private static final int PER_NODE = 20;
  private static final int PER_SERVICE = 10;

  /** Registrations of one entry of the log. */
  private static final int TOGETHER = 64;

  private final AppliedLog log;
  private final int services;

  private CatalogArchive(AppliedLog log, int services) {
    this.log = log;
    this.services = services;
  }

  /** Takes the number of instances and the file. */
  public static void main(String[] args) throws IOException {
    int count = Integer.parseInt(args[0]);
    ExecutorService background = Executors.newCachedThreadPool();
    StoreSettings settings =
        StoreSettings.defaults()
            .withQuota(StoreSettings.QUOTA_ROWS_MAX, StoreSettings.QUOTA_BYTES_MAX);
    Path state = Files.createTempFile("catalog", ".snapshot");
    try (ClusterStateMachine machine = new ClusterStateMachine(new Store(settings, background));
        OutputStream out = Files.newOutputStream(Path.of(args[1]))) {
      new CatalogArchive(new AppliedLog(machine), count / PER_SERVICE).fill(count);
      SnapshotFile.Header header = machine.writeSnapshot(1, state, FolderSync.ofDisk());
      ArchiveWriter.write(
          out, ArchiveMeta.of(header.publicIndex(), 1, 0, List.of(), Files.size(state)), state, 0);
    } finally {
      Files.delete(state);
      background.shutdownNow();
    }
  }

  private void fill(int count) {
    log.append(
        Batch.newBuilder()
            .addEntries(
                log.entry(
                    Command.newBuilder()
                        .setInitializeCluster(
                            InitializeCluster.newBuilder()
                                .setIdentity(
                                    ClusterIdentity.newBuilder()
                                        .setId("11111111-2222-3333-4444-555555555555")
                                        .setDatacenter("dc1"))))));
    for (int from = 0; from < count; from += TOGETHER) {
      Batch.Builder batch = Batch.newBuilder();
      for (int i = from; i < Math.min(count, from + TOGETHER); i++) {
        batch.addEntries(log.entry(registration(i)));
      }
      log.append(batch);
    }
  }

  /** As the load over HTTP names them. */
  private Command.Builder registration(int number) {
    String node = "size-n" + number / PER_NODE;
    String service = "size-s" + number % services;
    String id = service + "-" + number / PER_NODE;
    return Command.newBuilder()
        .setRegister(
            RegisterCatalog.newBuilder()
                .setNode(
                    Node.newBuilder().setNode(node).setAddress("10.0.0.1").setDatacenter("dc1"))
                .setService(
                    NodeService.newBuilder()
                        .setId(id)
                        .setService(service)
                        .setAddress("10.0.0.1")
                        .setPort(8080)
                        .addTags("v1")
                        .addTags("primary")
                        .putMeta("version", "1.2.3")
                        .putMeta("zone", "a"))
                .addChecks(
                    HealthCheck.newBuilder()
                        .setNode(node)
                        .setCheckId(id + "-alive")
                        .setName("alive")
                        .setServiceId(id)
                        .setOutput("HTTP GET 200 OK")
                        .setStatus("passing")));
  }
}
