package io.hanse.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server whose leave failed looks whether it is in its group still. */
class OwnPlaceTest {
  private static final RaftSettings.Timing TIMING = RaftSettings.Timing.defaults();

  @TempDir Path root;

  private final FakeConsensus consensus = new FakeConsensus("self");
  private DataDirectory directory;
  private Promises promises;
  private OwnPlace place;
  private long now;
  private int caughtUp;

  @BeforeEach
  void open() throws IOException {
    directory = DataDirectory.open(root, "node", new RecordingSync().files());
    promises = new Promises(directory, 3);
    consensus.voters = new Consensus.Voters(Set.of("self", "other"), Set.of());
    consensus.position = new Consensus.Position(1, false, Optional.of("other"), 1, 1);
    place = new OwnPlace("self", promises, consensus, this::catchUp, TIMING, () -> now);
  }

  @AfterEach
  void close() throws IOException {
    directory.close();
  }

  private CompletableFuture<?> catchUp() {
    caughtUp++;
    return CompletableFuture.completedFuture(null);
  }

  private void pass() {
    now += Leave.patience(TIMING).toNanos();
  }

  @Test
  void shouldCountItsQuietTimeFromTheEndOfTheLeave() throws IOException {
    promises.resolveToLeave();
    assertThat(place.isSure()).isFalse();
    pass();
    promises.leaveFailed();
    assertThat(place.isSure()).as("its last question may be on its way").isFalse();
    pass();
    assertThat(place.isSure()).isTrue();
  }

  @Test
  void shouldKeepNobodyFromLeaving() throws IOException {
    assertThat(place.isSure()).isFalse();
    pass();
    promises.resolveToLeave();
    assertThat(place.isSure()).isFalse();
    pass();
    assertThat(place.isSure()).isFalse();
    assertThat(caughtUp).as("waited for the leader").isZero();
  }

  @Test
  void shouldNotBeSureWhileTheGroupChanges() throws IOException {
    promises.resolveToLeave();
    promises.leaveFailed();
    assertThat(place.isSure()).isFalse();
    pass();
    consensus.voters = new Consensus.Voters(Set.of("other"), Set.of("self", "other"));
    assertThat(place.isSure()).isFalse();
  }
}
