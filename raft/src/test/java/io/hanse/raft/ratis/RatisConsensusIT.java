package io.hanse.raft.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hanse.fsm.row.Batch;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.Entry;
import io.hanse.fsm.row.KvEntry;
import io.hanse.fsm.row.RegisterClient;
import io.hanse.fsm.row.Server;
import io.hanse.fsm.row.WriteKv;
import io.hanse.fsm.store.FolderSync;
import io.hanse.raft.Consensus;
import io.hanse.raft.DataDirectory;
import io.hanse.raft.DurableFiles;
import io.hanse.raft.FreePorts;
import io.hanse.raft.LeaderContact;
import io.hanse.raft.MapReplica;
import io.hanse.raft.RaftSettings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One server of the library alone: what its group is after it was closed and opened again. */
class RatisConsensusIT {
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  @TempDir Path folder;

  private final MapReplica replica = new MapReplica();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final Queue<Long> applied = new ConcurrentLinkedQueue<>();
  private DataDirectory directory;
  private RatisConsensus consensus;
  private long sequence;

  @BeforeEach
  void start() throws Exception {
    Server self = Server.newBuilder().setNodeId("node").setAddress("127.0.0.1").build();
    directory = DataDirectory.open(folder, "node", new DurableFiles(FolderSync.ofDisk()));
    RaftSettings settings =
        new RaftSettings(
            folder,
            self,
            freeAddress(),
            freeAddress(),
            Optional.empty(),
            new RaftSettings.Bootstrap(1, List.of()),
            RaftSettings.Timing.defaults(),
            RaftSettings.Limits.defaults().withSnapshots(5, 0, 1 << 20));
    consensus =
        RatisConsensus.of(
            settings,
            directory,
            true,
            replica,
            new LeaderContact(System::nanoTime),
            new Listener());
    consensus.open();
  }

  @AfterEach
  void stop() throws Exception {
    consensus.close();
    directory.close();
    assertThat(failures).isEmpty();
  }

  private static InetSocketAddress freeAddress() throws Exception {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), FreePorts.next());
  }

  private void append(Entry.Builder entry) throws Exception {
    byte[] batch = Batch.newBuilder().addEntries(entry).build().toByteArray();
    consensus.append(batch).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  private void write(String key) throws Exception {
    sequence++;
    WriteKv write = WriteKv.newBuilder().setEntry(KvEntry.newBuilder().setKey(key)).build();
    append(
        Entry.newBuilder()
            .setClient(1)
            .setSequence(sequence)
            .setCommand(Command.newBuilder().setWriteKv(write)));
  }

  @Test
  void shouldGoOnFromWhereItWasAfterItsGroupWasOpenedAgain() throws Exception {
    consensus.begin(UUID.randomUUID().toString());
    await().atMost(PATIENCE).until(() -> consensus.position().ready());
    append(
        Entry.newBuilder()
            .setCommand(
                Command.newBuilder().setRegisterClient(RegisterClient.getDefaultInstance())));
    for (int i = 0; i < 20; i++) {
      write("before");
    }
    int loads = replica.loads();
    long term = consensus.position().term();

    consensus.reopen();

    // What the replica has is neither taken back nor applied once more.
    await().atMost(PATIENCE).until(() -> consensus.position().ready());
    assertThat(replica.writes("before")).isEqualTo(20);
    assertThat(consensus.position().term()).isGreaterThan(term);
    write("after");
    assertThat(replica.writes("before")).isEqualTo(20);
    assertThat(replica.writes("after")).isEqualTo(1);
    assertThat(replica.loads()).isEqualTo(loads);
    assertThat(List.copyOf(applied)).isSorted();
    assertThat(consensus.isBroken()).isFalse();
    assertThat(consensus.isLeftOut()).isFalse();
  }

  private final class Listener implements Consensus.Listener {
    @Override
    public void standingChanged() {}

    @Override
    public void configurationCommitted(Set<String> voters) {}

    @Override
    public void applied(long logIndex) {
      applied.add(logIndex);
    }

    @Override
    public void failed(String what, Throwable cause) {
      failures.add(what + ": " + cause);
    }
  }
}
