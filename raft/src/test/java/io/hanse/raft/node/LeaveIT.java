package io.hanse.raft.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hanse.fsm.port.Membership;
import io.hanse.raft.node.TestCluster.Member;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** One of three is gone, so neither of the others can leave: one alone could agree on nothing. */
@Execution(ExecutionMode.CONCURRENT)
class LeaveIT {
  @TempDir Path directory;

  private TestCluster cluster;
  private Member gone;

  @BeforeEach
  void start() throws Exception {
    cluster = new TestCluster(directory).start("a", "b", "c");
    gone = cluster.follower();
    gone.write("by three");
  }

  @AfterEach
  void stop() {
    cluster.close();
    assertThat(cluster.failures).isEmpty();
  }

  /** At once: who asked again and again as long as time may help says for how long it did. */
  private static void refused(CompletableFuture<Void> leaving) {
    assertThat(leaving)
        .failsWithin(TestCluster.PATIENCE)
        .withThrowableThat()
        .withMessageNotContaining("did not let this server go within")
        .withMessageContaining("no majority that answers: 1 of 2")
        .withMessageContaining("start the silent ones again");
  }

  /** Whoever is asked to remove it may be a leader that is new, and has heard nobody yet. */
  @Test
  void shouldRefuseTheLeaderAndKeepAMajority() throws Exception {
    Member leader = cluster.leader();
    cluster.stop(gone);
    refused(leader.node.membership().leave());
    leader.write("by two");
    assertThat(leader.node.membership().knownMembers())
        .hasSize(3)
        .allMatch(Membership.Member::voter);
  }

  /** A leader that has heard it a moment ago may not know yet that it is gone. */
  @Test
  void shouldRefuseAFollowerAndKeepAMajority() throws Exception {
    Member leader = cluster.leader();
    Member other =
        cluster.running().stream()
            .filter(each -> each != leader && each != gone)
            .findFirst()
            .orElseThrow();
    cluster.stop(gone);
    refused(other.node.membership().leave());
    other.write("by two");
    assertThat(other.node.membership().knownMembers())
        .hasSize(3)
        .allMatch(Membership.Member::voter);
  }

  @Test
  void shouldLetItGoOnceTheThirdIsBack() throws Exception {
    Member leader = cluster.leader();
    cluster.stop(gone);
    refused(leader.node.membership().leave());
    cluster.start(gone, 3, cluster.joinAddresses());
    gone.write("back");
    await().atMost(TestCluster.PATIENCE).until(() -> succeeds(leader.node.membership().leave()));
  }

  private static boolean succeeds(CompletableFuture<Void> leaving) {
    return leaving.handle((done, failure) -> failure == null).join();
  }
}
