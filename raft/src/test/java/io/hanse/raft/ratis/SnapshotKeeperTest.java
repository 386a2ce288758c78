package io.hanse.raft.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.row.Batch;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.Entry;
import io.hanse.fsm.row.KvEntry;
import io.hanse.fsm.row.RegisterClient;
import io.hanse.fsm.row.WriteKv;
import io.hanse.raft.MapReplica;
import io.hanse.raft.RecordingSync;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.ratis.server.RaftServerConfigKeys.Log.CorruptionPolicy;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.impl.SimpleStateMachineStorage;
import org.apache.ratis.util.SizeInBytes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotKeeperTest {
  @TempDir Path directory;

  private final MapReplica replica = new MapReplica();
  private final RecordingSync sync = new RecordingSync();
  private final List<Runnable> begun = new ArrayList<>();
  private RaftStorage raft;
  private SnapshotKeeper keeper;

  @BeforeEach
  void open() throws IOException {
    raft =
        RaftStorage.newBuilder()
            .setDirectory(directory.resolve("group").toFile())
            .setOption(RaftStorage.StartupOption.FORMAT)
            .setLogCorruptionPolicy(CorruptionPolicy.EXCEPTION)
            .setStorageFreeSpaceMin(SizeInBytes.valueOf("1KB"))
            .build();
    raft.initialize();
    keeper = keeper(replica);
    write("before", 1);
  }

  @AfterEach
  void close() throws IOException {
    raft.close();
  }

  private SnapshotKeeper keeper(MapReplica of) throws IOException {
    SimpleStateMachineStorage storage = new SimpleStateMachineStorage();
    storage.init(raft);
    return new SnapshotKeeper(storage, of, sync.files(), begun::add);
  }

  private void write(String key, long sequence) {
    Batch batch =
        Batch.newBuilder()
            .addEntries(
                Entry.newBuilder()
                    .setCommand(
                        Command.newBuilder()
                            .setRegisterClient(RegisterClient.getDefaultInstance())))
            .addEntries(
                Entry.newBuilder()
                    .setClient(1)
                    .setSequence(sequence)
                    .setCommand(
                        Command.newBuilder()
                            .setWriteKv(
                                WriteKv.newBuilder().setEntry(KvEntry.newBuilder().setKey(key)))))
            .build();
    replica.apply(1, ByteBuffer.wrap(batch.toByteArray()));
  }

  private Path folder() {
    return raft.getStorageDir().getStateMachineDir().toPath();
  }

  private Path file(long index) {
    return folder().resolve("snapshot.3_" + index);
  }

  @Test
  void shouldWriteBesideAppliesAndAnswerOnlyWhatIsFinished() throws IOException {
    assertThat(keeper.take(TermIndex.valueOf(3, 10))).isEqualTo(-1);
    write("after", 2);
    assertThat(keeper.take(TermIndex.valueOf(3, 11))).isEqualTo(-1);
    assertThat(begun).hasSize(1);
    begun.get(0).run();
    assertThat(keeper.take(TermIndex.valueOf(3, 10))).isEqualTo(10);
    assertThat(sync.forced).containsExactly("move snapshot.3_10", "folder sm");

    MapReplica loaded = new MapReplica();
    assertThat(keeper(loaded).loadNewest(folder(), RatisStateMachine.NOTHING))
        .isEqualTo(TermIndex.valueOf(3, 10));
    assertThat(loaded.all()).containsOnlyKeys("before");
  }

  @Test
  void shouldPutASnapshotOffWhereTooManyRead() throws IOException {
    AtomicBoolean isBusy = new AtomicBoolean(true);
    MapReplica busy =
        new MapReplica() {
          @Override
          public Pinned pin() {
            if (isBusy.get()) {
              throw new ProblemException(ProblemCode.OVERLOADED, "too many reads at one time");
            }
            return super.pin();
          }
        };
    SnapshotKeeper patient = keeper(busy);
    assertThat(patient.take(TermIndex.valueOf(3, 10))).isEqualTo(-1);
    assertThat(begun).isEmpty();
    isBusy.set(false);
    assertThat(patient.take(TermIndex.valueOf(3, 11))).isEqualTo(-1);
    begun.get(0).run();
    assertThat(patient.take(TermIndex.valueOf(3, 11))).isEqualTo(11);
  }

  @Test
  void shouldSetADamagedSnapshotAsideForTheOneBefore() throws IOException {
    keeper.take(TermIndex.valueOf(3, 10));
    begun.get(0).run();
    write("after", 2);
    keeper.take(TermIndex.valueOf(3, 20));
    begun.get(1).run();
    byte[] bytes = Files.readAllBytes(file(20));
    bytes[bytes.length / 2] ^= 1;
    Files.write(file(20), bytes);

    MapReplica loaded = new MapReplica();
    assertThat(keeper(loaded).loadNewest(folder(), RatisStateMachine.NOTHING))
        .isEqualTo(TermIndex.valueOf(3, 10));
    assertThat(loaded.all()).containsOnlyKeys("before");
    assertThat(file(20).resolveSibling("snapshot.3_20.corrupt")).exists();
  }

  @Test
  void shouldFindNothingWhereAllSnapshotsAreDamaged() throws IOException {
    keeper.take(TermIndex.valueOf(3, 10));
    begun.get(0).run();
    Files.write(file(10), new byte[] {1, 2, 3});

    assertThat(keeper(new MapReplica()).loadNewest(folder(), RatisStateMachine.NOTHING)).isNull();
    assertThat(file(10)).doesNotExist();
  }

  @Test
  void shouldEndTheStartAtASnapshotOfANewerVersionAndLeaveItAlone() throws IOException {
    keeper.take(TermIndex.valueOf(3, 10));
    begun.get(0).run();
    MapReplica older =
        new MapReplica() {
          @Override
          public void load(Path snapshot) {
            throw new ProblemException(ProblemCode.NEWER_FORMAT, "has layout 9");
          }
        };

    assertThatThrownBy(() -> keeper(older).loadNewest(folder(), RatisStateMachine.NOTHING))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("has layout 9")
        .hasMessageContaining("snapshot.3_10");
    assertThat(file(10)).exists();
  }

  /** All that came is forced before it gets its name, and the name before it is relied on. */
  @Test
  void shouldForceAReceivedSnapshotBeforeAndAfterItsRename() throws IOException {
    keeper.take(TermIndex.valueOf(3, 10));
    begun.get(0).run();
    sync.forced.clear();
    Path received = raft.getStorageDir().getTmpDir().toPath().resolve("snapshot-x/sm");
    Files.createDirectories(received);
    Files.writeString(received.resolve("snapshot.3_10"), "chunk");
    keeper.forceReceived(raft.getStorageDir());
    assertThat(sync.forced)
        .contains("file snapshot.3_10", "folder sm", "folder snapshot-x", "folder tmp");

    sync.forced.clear();
    int loads = replica.loads();
    assertThat(keeper.loadReceived(raft.getStorageDir())).isEqualTo(TermIndex.valueOf(3, 10));
    assertThat(sync.forced).containsExactly("folder group");
    assertThat(replica.loads()).isEqualTo(loads + 1);
  }
}
