package io.hanse.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanse.fsm.error.ProblemCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
  @TempDir Path root;

  private final RecordingSync sync = new RecordingSync();

  private DataDirectory open(String nodeId) throws IOException {
    return DataDirectory.open(root, nodeId, sync.files());
  }

  private void refuses(String nodeId, String why) {
    assertThatThrownBy(() -> open(nodeId))
        .hasMessageContaining(root.toString())
        .hasMessageContaining(why)
        .satisfies(e -> assertThat(Problems.code(e)).isEqualTo(ProblemCode.FAILED_PRECONDITION));
  }

  @Test
  void shouldKeepTheIdAndCountTheStarts() throws IOException {
    String raftId;
    try (DataDirectory first = open("node")) {
      raftId = first.raftId();
      assertThat(first.start()).isEqualTo(1);
    }
    try (DataDirectory second = open("node")) {
      assertThat(second.raftId()).isEqualTo(raftId);
      assertThat(second.start()).isEqualTo(2);
    }
  }

  @Test
  void shouldRefuseADirectoryInUse() throws IOException {
    try (DataDirectory first = open("node")) {
      assertThat(first.start()).isEqualTo(1);
      refuses("node", "in use by another running server");
    }
    open("node").close();
  }

  @Test
  void shouldRefuseTheDirectoryOfAnotherNode() throws IOException {
    open("node").close();
    refuses("other", "belongs to the node with id node");
    open("node").close();
  }

  @Test
  void shouldRefuseANewerFormat() throws IOException {
    open("node").close();
    Files.writeString(root.resolve("raft/format"), "2");
    refuses("node", "written by another version");
  }

  @Test
  void shouldRefuseALogWhoseServerIsForgotten() throws IOException {
    open("node").close();
    Files.delete(root.resolve("raft/server-id"));
    Files.createDirectories(root.resolve("raft/groups/0"));
    refuses("node", "no raft/server-id");
  }

  @Test
  void shouldReplaceFilesDurably() throws IOException {
    try (DataDirectory directory = open("node")) {
      sync.forced.clear();
      directory.save("thing", new byte[] {1});
      assertThat(sync.forced).containsExactly("file thing.tmp", "move thing", "folder raft");
      assertThat(directory.load("thing")).containsExactly(1);
    }
  }
}
