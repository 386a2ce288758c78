package io.hanse.fsm.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.row.Batch;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.Entry;
import io.hanse.fsm.row.Server;
import io.hanse.fsm.row.WriteQuota;
import io.hanse.fsm.row.WriteServer;
import io.hanse.fsm.store.Store;
import io.hanse.fsm.store.StoreSettings;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Logs and snapshots that were written by earlier versions still mean what they meant then.
 *
 * <p>Each folder below {@code replay} has a log, the digest after each of its entries, and a
 * snapshot taken halfway. {@code -Drewrite} writes one that is missing; one that is there is not
 * replaced: where a change of meaning is wanted, the new meaning needs a new command or a higher
 * level of the old one. Only before the first release may a folder be deleted and written anew.
 */
class RecordedLogTest {
  private static final Path FOLDER = Path.of("src/test/resources/replay");
  private static final String NEWEST = "format-1";
  private static final int COMMANDS = 240;

  @TempDir Path scratch;

  @Test
  void shouldReplayWhatEarlierVersionsWrote() throws IOException {
    if (System.getProperty("rewrite") != null && !Files.exists(FOLDER.resolve(NEWEST))) {
      record(FOLDER.resolve(NEWEST));
    }
    TreeSet<Path> recordings = new TreeSet<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(FOLDER)) {
      found.forEach(recordings::add);
    }
    assertThat(recordings).contains(FOLDER.resolve(NEWEST));
    for (Path recording : recordings) {
      List<byte[]> log = log(recording.resolve("log"));
      List<String> digests = Files.readAllLines(recording.resolve("digests"));
      assertThat(log).as("of %s", recording).hasSameSizeAs(digests);
      replay(recording + " from its begin", new byte[0], log, digests);
      byte[] snapshot = Files.readAllBytes(recording.resolve("snapshot"));
      replay(recording + " from its snapshot", snapshot, log, digests);
    }
  }

  private void replay(String what, byte[] snapshot, List<byte[]> log, List<String> digests)
      throws IOException {
    try (ClusterStateMachine machine =
        new ClusterStateMachine(new Store(StoreSettings.defaults(), Runnable::run))) {
      int next = 0;
      if (snapshot.length > 0) {
        Path file = Files.write(scratch.resolve("snapshot"), snapshot);
        next = (int) machine.loadSnapshot(file).logIndex();
        assertThat(digest(machine)).as(what).isEqualTo(digests.get(next - 1));
      }
      for (; next < log.size(); next++) {
        machine.apply(next + 1, log.get(next));
        assertThat(digest(machine))
            .as("%s, entry %d: %s", what, next + 1, Batch.parseFrom(log.get(next)))
            .isEqualTo(digests.get(next));
      }
    }
  }

  private static String digest(ClusterStateMachine machine) {
    return machine.publicIndex() + " " + Long.toHexString(machine.digest());
  }

  private static List<byte[]> log(Path file) throws IOException {
    List<byte[]> log = new ArrayList<>();
    try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
      for (int left = in.readInt(); left > 0; left--) {
        log.add(in.readNBytes(in.readInt()));
      }
    }
    return log;
  }

  private static void record(Path folder) throws IOException {
    Files.createDirectories(folder);
    Random random = new Random(1);
    RandomCommands next = new RandomCommands(random);
    try (Replica replica = new Replica()) {
      replica.done(Commands.initialize());
      replica.submit(
          Command.newBuilder()
              .setWriteServer(
                  WriteServer.newBuilder().setServer(Server.newBuilder().setRaftId("r1"))));
      replica.submit(
          Command.newBuilder()
              .setWriteQuota(WriteQuota.newBuilder().setRowsMax(40).setBytesMax(1 << 20)));
      for (long sequence = 10; sequence < COMMANDS; ) {
        Entry[] entries = new Entry[1 + random.nextInt(3)];
        for (int i = 0; i < entries.length; i++) {
          entries[i] = replica.entry(sequence++, next.next());
        }
        replica.timeMillis += random.nextInt(300_000);
        replica.apply(entries);
        if (replica.log.size() == COMMANDS / 4) {
          Files.write(folder.resolve("snapshot"), RestoreApplierTest.snapshot(replica.machine));
        }
      }
      writeLog(folder.resolve("log"), replica.log);
      List<String> digests = new ArrayList<>();
      try (ClusterStateMachine machine =
          new ClusterStateMachine(new Store(StoreSettings.defaults(), Runnable::run))) {
        for (int i = 0; i < replica.log.size(); i++) {
          machine.apply(i + 1, replica.log.get(i));
          digests.add(digest(machine));
        }
      }
      Files.write(folder.resolve("digests"), digests);
    }
  }

  private static void writeLog(Path file, List<byte[]> log) throws IOException {
    try (DataOutputStream out = new DataOutputStream(Files.newOutputStream(file))) {
      out.writeInt(log.size());
      for (byte[] entry : log) {
        out.writeInt(entry.length);
        out.write(entry);
      }
    }
  }
}
