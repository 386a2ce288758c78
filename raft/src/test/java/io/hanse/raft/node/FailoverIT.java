package io.hanse.raft.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.raft.RaftSettings;
import io.hanse.raft.node.TestCluster.Member;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How long writes wait when the leader goes without a word: {@code -Dhanse.rounds=N}. How soon an
 * election is called is in {@code LeaderLossTest}.
 */
class FailoverIT {
  /** Far above what it takes. Servers give up, by their own clock, whoever waits longer. */
  private static final Duration LONGEST = Duration.ofSeconds(6);

  @TempDir Path directory;

  private TestCluster cluster;

  @AfterEach
  void stop() {
    cluster.close();
    assertThat(cluster.failures).isEmpty();
  }

  @Test
  void shouldTakeWritesAgainSoonAfterItsLeaderIsGone() throws Exception {
    cluster =
        new TestCluster(directory)
            .with(RaftSettings.Timing.defaults().withHold(LONGEST))
            .start("a", "b", "c");
    List<Long> waited = new ArrayList<>();
    for (int round = 0; round < Integer.getInteger("hanse.rounds", 3); round++) {
      Member leader = cluster.leader();
      Member survivor = cluster.follower();
      survivor.write("before " + round);
      cluster.awaitEqual();
      long start = System.nanoTime();
      CompletableFuture<?> end = CompletableFuture.runAsync(leader.node::close);
      survivor.write("after " + round);
      waited.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
      end.get(20, TimeUnit.SECONDS);
      leader.node = null;
      cluster.start(leader, 3, cluster.joinAddresses());
      cluster.awaitEqual();
    }
    System.out.println("milliseconds without a leader: " + waited);
    assertThat(waited).isNotEmpty();
  }
}
