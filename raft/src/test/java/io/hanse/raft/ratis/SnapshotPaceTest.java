package io.hanse.raft.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.raft.ratis.SnapshotPace.Applied;
import org.junit.jupiter.api.Test;

class SnapshotPaceTest {
  private static final long LOG_BYTES = 64 << 20;
  private static final long MANY = SnapshotPace.ENTRIES_MIN;

  private final SnapshotPace pace = new SnapshotPace(LOG_BYTES);

  @Test
  void shouldWriteASmallStateWhenFewEntriesCameSince() {
    assertThat(pace.isDue(new Applied(MANY - 1, 1_000_000, 0), -1, 0)).isFalse();
    assertThat(pace.isDue(new Applied(MANY, 1_000_000, 0), -1, 0)).isTrue();
    // While it is being written.
    assertThat(pace.isDue(new Applied(MANY + 1, 1_000_200, 0), -1, 0)).isFalse();
    assertThat(pace.isDue(new Applied(2 * MANY, 2_000_000, 0), MANY, 900_000)).isTrue();
  }

  @Test
  void shouldWriteNoStateThatIsLargerThanWhatCameSince() {
    assertThat(pace.isDue(new Applied(2 * MANY, 1_000_000, 0), 0, 1_000_001)).isFalse();
    assertThat(pace.isDue(new Applied(3 * MANY, 1_000_001, 0), 0, 1_000_001)).isTrue();
  }

  /** Who counts the entries has written one meanwhile. */
  @Test
  void shouldCountFromTheSnapshotThatIsThere() {
    assertThat(pace.isDue(new Applied(5 * MANY, 1_000_000, 0), 4 * MANY + 1, 0)).isFalse();
    assertThat(pace.isDue(new Applied(5 * MANY + 1, 1_000_000, 0), 4 * MANY + 1, 0)).isTrue();
  }

  @Test
  void shouldWriteAfterALongLogAndAfterARestore() {
    assertThat(pace.isDue(new Applied(100, LOG_BYTES - 1, 0), 0, 0)).isFalse();
    assertThat(pace.isDue(new Applied(101, LOG_BYTES, 0), 0, LOG_BYTES)).isFalse();
    assertThat(pace.isDue(new Applied(102, 2 * LOG_BYTES, 0), 0, LOG_BYTES)).isTrue();
    assertThat(pace.isDue(new Applied(103, 2 * LOG_BYTES, 1), 0, LOG_BYTES)).isTrue();
    assertThat(pace.isDue(new Applied(104, 2 * LOG_BYTES, 1), 0, LOG_BYTES)).isFalse();
  }

  /** As many clients at a time or large transactions write it; a snapshot would be in their way. */
  @Test
  void shouldWriteALongLogOfFewEntriesOnceItIsCalm() {
    long some = SnapshotPace.BYTES_MIN;
    assertThat(pace.isDue(new Applied(300, some, 0), -1, 0)).isFalse();
    assertThat(pace.isDue(new Applied(370, 2 * some, 0), -1, 0)).isFalse();
    assertThat(pace.isDue(new Applied(371, 2 * some + 100, 0), -1, 3 * some)).isFalse();
    assertThat(pace.isDue(new Applied(371, 2 * some + 100, 0), -1, 0)).isTrue();
    assertThat(pace.isDue(new Applied(372, 2 * some + 200, 0), 371, some)).isFalse();
  }

  @Test
  void shouldCountBytesAnewAfterTheGroupWasOpenedAgain() {
    assertThat(pace.isDue(new Applied(100, LOG_BYTES, 0), 0, 0)).isTrue();
    pace.reopened();
    assertThat(pace.isDue(new Applied(200, LOG_BYTES, 0), 0, 0)).isTrue();
  }

  @Test
  void shouldTakeNothingForCalmAfterTheGroupWasOpenedAgain() {
    long some = SnapshotPace.BYTES_MIN;
    assertThat(pace.isDue(new Applied(300, 2 * some, 0), -1, 4 * some)).isFalse();
    pace.reopened();
    assertThat(pace.isDue(new Applied(400, some, 0), -1, 0)).isFalse();
    assertThat(pace.isDue(new Applied(400, some, 0), -1, 0)).isTrue();
  }
}
