package io.hanse.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.raft.transport.proto.Stage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PromisesTest {
  @TempDir Path root;

  private final RecordingSync sync = new RecordingSync();
  private DataDirectory directory;
  private Promises promises;

  @BeforeEach
  void open() throws IOException {
    directory = DataDirectory.open(root, "node", sync.files());
    promises = new Promises(directory, 3);
  }

  @AfterEach
  void close() throws IOException {
    directory.close();
  }

  @Test
  void shouldPromiseOneAtATimeDurably() throws IOException {
    sync.forced.clear();
    assertThat(promises.grant("a")).isTrue();
    assertThat(sync.forced).contains("move bootstrap", "folder raft");
    assertThat(promises.grant("a")).isTrue();
    assertThat(promises.grant("b")).isFalse();
    Promises restarted = new Promises(directory, 3);
    assertThat(restarted.promisedTo()).isEqualTo("a");
    assertThat(restarted.grant("b")).isFalse();
    restarted.release();
    assertThat(restarted.grant("b")).isTrue();
  }

  @Test
  void shouldFollowOnlyWhomItPromisedIntoOneGroup() throws IOException {
    assertThat(promises.enlist("a", "g1")).isFalse();
    promises.grant("a");
    assertThat(promises.enlist("b", "g1")).isFalse();
    assertThat(promises.enlist("a", "g1")).isTrue();
    assertThat(promises.enlist("a", "g1")).isTrue();
    assertThat(promises.enlist("a", "g2")).isFalse();
    promises.release();
    assertThat(promises.promisedTo()).isEqualTo("a");
    assertThat(promises.stage()).isEqualTo(Stage.STAGE_FORMING);
  }

  @Test
  void shouldBeCompleteOnlyWithAllVotersThatWereExpected() throws IOException {
    promises.grant("self");
    promises.begin("g", List.of("self", "a", "b"));
    assertThat(promises.committed(Set.of("self"), "self")).isFalse();
    assertThat(promises.committed(Set.of("a", "b", "c"), "self")).isFalse();
    assertThat(promises.isFormed()).isFalse();
    assertThat(promises.committed(Set.of("self", "a", "b"), "self")).isTrue();
    assertThat(promises.committed(Set.of("self", "a", "b"), "self")).isFalse();
    assertThat(new Promises(directory, 3).isFormed()).isTrue();
    assertThat(promises.grant("self")).isFalse();
  }

  @Test
  void shouldBeCompleteAsSoonAsItIsTakenIn() throws IOException {
    promises.join("g");
    assertThat(promises.isJoining()).isTrue();
    assertThat(promises.grant("a")).isFalse();
    assertThat(promises.committed(Set.of("a"), "self")).isFalse();
    assertThat(promises.committed(Set.of("a", "self"), "self")).isTrue();
  }

  @Test
  void shouldStayForTheLeavesOnlyThatItIsKnownToHaveSurvived() throws IOException {
    promises.resolveToLeave();
    promises.leaveFailed();
    int asked = promises.pastLeaves();
    promises.resolveToLeave();
    promises.leaveFailed();
    assertThat(promises.stay(asked)).as("it was told to leave once more").isFalse();
    assertThat(promises.mayHaveLeft()).isTrue();
    assertThat(promises.stay(promises.pastLeaves())).isTrue();
    assertThat(new Promises(directory, 3).mayHaveLeft()).isFalse();
  }
}
