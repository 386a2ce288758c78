package io.hanse.http.endpoints;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.CommandResult;
import io.hanse.fsm.row.KvEntry;
import io.hanse.fsm.row.Server;
import io.hanse.fsm.row.WriteKv;
import io.hanse.fsm.store.SnapshotFile;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Kv;
import io.hanse.http.LocalCluster;
import io.hanse.http.archive.ArchiveMeta;
import io.hanse.http.archive.ArchiveWriter;
import io.hanse.http.exchange.Transfers;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestoreRunTest {
  @TempDir private Path folder;

  private final LocalCluster cluster = new LocalCluster();
  private final Transfers transfers = new Transfers(Optional.empty());
  private final List<Command.BodyCase> submitted = new ArrayList<>();
  private final List<Command> completed = new ArrayList<>();
  private Runnable atTheFirstPart = () -> {};

  @AfterEach
  void close() {
    transfers.close();
    cluster.close();
  }

  private CompletableFuture<CommandResult> submit(Command command) {
    if (command.hasStageRestore() && !submitted.contains(command.getBodyCase())) {
      atTheFirstPart.run();
    }
    submitted.add(command.getBodyCase());
    if (command.hasCompleteRestore()) {
      completed.add(command);
    }
    return cluster.submit(command);
  }

  private void put(String key, String value) {
    KvEntry entry =
        KvEntry.newBuilder().setKey(key).setValue(ByteString.copyFromUtf8(value)).build();
    cluster
        .submit(Command.newBuilder().setWriteKv(WriteKv.newBuilder().setEntry(entry)).build())
        .join();
  }

  private String value(String key) {
    try (View view = cluster.view()) {
      return new Kv(view).get(key).map(entry -> entry.getValue().toStringUtf8()).orElse("");
    }
  }

  private Path archive() throws IOException {
    Path state = Files.createFile(folder.resolve("state"));
    Path archive = folder.resolve("archive");
    try (View view = cluster.view();
        FileChannel channel = FileChannel.open(state, StandardOpenOption.WRITE);
        OutputStream out = Files.newOutputStream(archive)) {
      SnapshotFile.Header header = SnapshotFile.write(view, 1, channel);
      ArchiveMeta meta = ArchiveMeta.of(header.publicIndex(), 1, 0, List.of(), channel.size());
      ArchiveWriter.write(out, meta, state, 0);
    }
    return archive;
  }

  private void join(String node, int level) {
    Command.Builder write = Command.newBuilder();
    write
        .getWriteServerBuilder()
        .setServer(Server.newBuilder().setRaftId(node).setNode(node).setCommandLevel(level));
    cluster.submit(write.build()).join();
  }

  private void restore(Path archive) throws IOException {
    new RestoreRun(this::submit, cluster, transfers).run(() -> Files.newInputStream(archive));
  }

  @Test
  void shouldBringBackWhatIsInTheArchive() throws Exception {
    put("a", "before");
    Path archive = archive();
    put("a", "after");

    restore(archive);

    assertThat(value("a")).isEqualTo("before");
    assertThat(submitted).doesNotContain(Command.BodyCase.ABANDON_RESTORE);
  }

  @Test
  void shouldKeepOfPeeringsWhatAllServersKeep() throws Exception {
    Path archive = archive();
    restore(archive);
    join("older", 5);
    restore(archive);

    assertThat(completed).extracting(Command::getLevel).containsExactly(6, 5);
    assertThat(completed)
        .extracting(complete -> complete.getCompleteRestore().getKeepsPeerPlaces())
        .containsExactly(true, false);
    assertThat(completed)
        .allMatch(complete -> complete.getCompleteRestore().getKeepsPeeringSecrets());
  }

  /** It would stop at the last command, which all servers have to understand. */
  @Test
  void shouldNotCompleteWhereAnOlderServerJoinedMeanwhile() throws Exception {
    put("a", "before");
    Path archive = archive();
    put("a", "after");
    atTheFirstPart = () -> join("late", 4);

    assertThatThrownBy(() -> restore(archive))
        .hasMessageContaining("server \"late\" runs a version that cannot take part in a restore");

    assertThat(value("a")).isEqualTo("after");
    assertThat(submitted)
        .contains(Command.BodyCase.STAGE_RESTORE)
        .doesNotContain(Command.BodyCase.COMPLETE_RESTORE)
        .endsWith(Command.BodyCase.ABANDON_RESTORE);
  }
}
