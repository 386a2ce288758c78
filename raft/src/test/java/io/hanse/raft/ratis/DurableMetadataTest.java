package io.hanse.raft.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.raft.RecordingSync;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServerConfigKeys.Log.CorruptionPolicy;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.server.storage.RaftStorageMetadata;
import org.apache.ratis.util.SizeInBytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DurableMetadataTest {
  @TempDir Path directory;

  /** When the folder is forced, the file that was renamed into place must have the new vote. */
  @Test
  void shouldForceTheFolderBehindEachVote() throws Exception {
    Path root = directory.resolve("group");
    RaftStorage storage =
        RaftStorage.newBuilder()
            .setDirectory(root.toFile())
            .setOption(RaftStorage.StartupOption.FORMAT)
            .setLogCorruptionPolicy(CorruptionPolicy.EXCEPTION)
            .setStorageFreeSpaceMin(SizeInBytes.valueOf("1KB"))
            .build();
    storage.initialize();
    RecordingSync sync =
        new RecordingSync() {
          @Override
          public void syncFolder(Path folder) {
            super.syncFolder(folder);
            if (folder.endsWith("current")) {
              forced.add(votes(folder));
            }
          }
        };

    DurableMetadata.install(storage, sync.files());
    assertThat(sync.forced)
        .containsSubsequence("folder current", "folder group", "folder " + directory.getFileName());

    storage
        .getMetadataFile()
        .persist(RaftStorageMetadata.valueOf(7, RaftPeerId.valueOf("candidate")));
    assertThat(sync.forced.get(sync.forced.size() - 2)).isEqualTo("folder current");
    assertThat(sync.forced.get(sync.forced.size() - 1)).contains("term=7", "votedFor=candidate");
    storage.close();
  }

  private static String votes(Path current) {
    try {
      Path file = current.resolve("raft-meta");
      return Files.exists(file) ? Files.readString(file) : "none";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
