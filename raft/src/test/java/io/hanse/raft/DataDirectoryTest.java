package io.hanse.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanse.fsm.error.ProblemCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
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
  void shouldBecomeAnotherServerAndKeepWhatWasThere() throws IOException {
    String old = prepareToStartOver();
    try (DataDirectory next = open("node")) {
      assertThat(next.raftId()).isNotEqualTo(old);
      assertThat(next.groups()).doesNotExist();
      assertThat(next.load("bootstrap")).containsExactly(7);
    }
    Path aside = root.resolve("raft/lost-" + old);
    assertThat(aside.resolve("groups/0")).exists();
    assertThat(aside.resolve("server-id")).hasContent(old);
    assertThat(aside.resolve("bootstrap")).hasContent("old");
    try (DataDirectory again = open("node")) {
      assertThat(again.load("bootstrap")).containsExactly(7);
    }
  }

  @Test
  void shouldKeepOnlyTheNewestOfThoseThatLeft() throws IOException {
    String lost = prepareToStartOver();
    for (int round = 0; round < 3; round++) {
      try (DataDirectory leaving = open("node")) {
        Files.createDirectories(root.resolve("raft/groups/0"));
        leaving.startOver(DataDirectory.LEFT, new byte[] {7});
      }
    }
    try (DataDirectory next = open("node");
        Stream<Path> all = Files.list(root.resolve("raft"))) {
      assertThat(next.load("bootstrap")).containsExactly(7);
      assertThat(all.filter(path -> path.getFileName().toString().startsWith("left-"))).hasSize(1);
      assertThat(root.resolve("raft/lost-" + lost)).exists();
    }
  }

  /** An id without its log would vote and acknowledge as one that forgot. */
  @Test
  void shouldNeverHaveTheOldIdWithoutItsLogWhereverTheStartOverEnds() throws IOException {
    String old = prepareToStartOver();
    int ends = 0;
    boolean isThrough = false;
    while (!isThrough) {
      EndingDisk disk = new EndingDisk();
      disk.endAfter(ends);
      try (DataDirectory next = DataDirectory.open(root, "node", new DurableFiles(disk))) {
        isThrough = true;
        assertThat(next.raftId()).isNotEqualTo(old);
      } catch (IOException e) {
        assertThat(e).hasMessage("the end");
        ends++;
      }
      Path id = root.resolve("raft/server-id");
      boolean isOld = Files.exists(id) && Files.readString(id).strip().equals(old);
      assertThat(!isOld || Files.exists(root.resolve("raft/groups"))).isTrue();
    }
    assertThat(ends).isGreaterThan(5);
    assertThat(root.resolve("raft/lost-" + old).resolve("groups/0")).exists();
    try (DataDirectory next = open("node")) {
      assertThat(next.load("bootstrap")).containsExactly(7);
    }
  }

  private String prepareToStartOver() throws IOException {
    try (DataDirectory first = open("node")) {
      Files.createDirectories(root.resolve("raft/groups/0"));
      first.save("bootstrap", "old".getBytes(StandardCharsets.UTF_8));
      first.startOver(DataDirectory.LOST, new byte[] {7});
      return first.raftId();
    }
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
