package io.hanse.raft.ratis;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanse.raft.StateLostException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.ratis.util.MD5FileUtil;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LostStateTest {
  @TempDir Path groups;

  private Path current;
  private Path snapshots;

  @BeforeEach
  void lay() throws IOException {
    current = Files.createDirectories(groups.resolve("group/current"));
    snapshots = Files.createDirectories(groups.resolve("group/sm"));
  }

  private void log(long first) throws IOException {
    Files.createFile(current.resolve("log_inprogress_" + first));
  }

  private void snapshot(long index, boolean isSound) throws IOException {
    Path file = Files.writeString(snapshots.resolve("snapshot.1_" + index), "rows");
    MD5FileUtil.computeAndSaveMd5ForFile(file.toFile());
    if (!isSound) {
      Files.writeString(file, "rowz");
    }
  }

  private void isLost() {
    assertThatThrownBy(() -> LostState.refuse(groups)).isInstanceOf(StateLostException.class);
  }

  private void isThere() {
    assertThatCode(() -> LostState.refuse(groups)).doesNotThrowAnyException();
  }

  @Test
  void shouldTakeANewServer() throws IOException {
    isThere();
    log(0);
    isThere();
  }

  @Test
  void shouldDoWithoutSnapshotsWhereTheLogIsWhole() throws IOException {
    log(0);
    snapshot(10, false);
    isThere();
  }

  @Test
  void shouldGoOnFromTheOneBefore() throws IOException {
    log(5);
    snapshot(10, false);
    snapshot(4, true);
    isThere();
  }

  @Test
  void shouldFindAllDamagedThatTheLogCanGoOnFrom() throws IOException {
    log(5);
    snapshot(10, false);
    snapshot(7, false);
    snapshot(3, true);
    isLost();
  }

  @Test
  void shouldFindASnapshotLostThatHasNoLogBehindIt() throws IOException {
    snapshot(10, false);
    isLost();
    Files.move(snapshots.resolve("snapshot.1_10"), snapshots.resolve("snapshot.1_10.corrupt"));
    isLost();
    snapshot(12, true);
    isThere();
  }
}
