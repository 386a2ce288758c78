package io.hanse.raft.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hanse.raft.RaftSettings;
import io.hanse.raft.node.TestCluster.Member;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A server of three whose snapshots are all damaged. */
@Execution(ExecutionMode.CONCURRENT)
class LostStateIT {
  private static final int ENTRIES = 250;

  @TempDir Path directory;

  private TestCluster cluster;

  @BeforeEach
  void start() throws Exception {
    cluster =
        new TestCluster(directory)
            .with(RaftSettings.Limits.defaults().withSnapshots(40, 0, 4 << 10))
            .start("a", "b", "c");
    Member leader = cluster.leader();
    for (int i = 0; i < ENTRIES; i++) {
      leader.write("key " + i);
    }
    cluster.awaitEqual();
  }

  @AfterEach
  void stop() {
    cluster.close();
    assertThat(cluster.failures).isEmpty();
  }

  private Member other(Member... than) {
    return cluster.members.values().stream()
        .filter(member -> !List.of(than).contains(member))
        .findFirst()
        .orElseThrow();
  }

  private Path raft(Member member) {
    return directory.resolve(member.name).resolve("raft");
  }

  private String raftId(Member member) throws IOException {
    return Files.readString(raft(member).resolve("server-id")).strip();
  }

  private void damage(Member member) throws IOException {
    for (Path snapshot : LifeIT.snapshots(raft(member).resolve("groups"))) {
      LifeIT.flip(snapshot, (int) Files.size(snapshot) / 2);
    }
  }

  private void restart(Member member) throws IOException {
    cluster.start(member, 0, cluster.joinAddresses());
  }

  @Test
  void shouldJoinAnewAndKeepWhatThereIs() throws Exception {
    Member victim = cluster.follower();
    String before = raftId(victim);
    cluster.stop(victim);
    damage(victim);
    cluster.leader().write("while it is away");
    restart(victim);
    assertThat(raftId(victim)).isNotEqualTo(before);
    Path aside = raft(victim).resolve("lost-" + before);
    assertThat(Files.readString(aside.resolve("server-id")).strip()).isEqualTo(before);
    assertThat(LifeIT.snapshots(aside.resolve("groups"))).isNotEmpty();

    cluster.leader().write("while it joins");
    String now = raftId(victim);
    await()
        .atMost(TestCluster.PATIENCE)
        .untilAsserted(
            () ->
                assertThat(cluster.leader().node.membership().knownMembers())
                    .hasSize(3)
                    .anyMatch(member -> member.raftId().equals(now) && member.voter())
                    .noneMatch(member -> member.raftId().equals(before)));
    // It counts in earnest: with one other it is a majority.
    cluster.stop(other(victim, cluster.leader()));
    victim.write("with it");
    cluster.awaitEqual();
    assertThat(victim.replica.writes("key 0")).isEqualTo(1);
    assertThat(victim.replica.writes("while it is away")).isEqualTo(1);

    cluster.stop(victim);
    restart(victim);
    assertThat(raftId(victim)).isEqualTo(now);
    victim.write("after one more start");
  }

  /** What it acknowledged, and one other has, must not be voted away by the two that lack it. */
  @Test
  void shouldNotCountForAMajorityBeforeItHasAllBack() throws Exception {
    Member leader = cluster.leader();
    Member victim = cluster.follower();
    Member late = other(leader, victim);
    cluster.stop(late);
    leader.write("on two of three");
    cluster.stop(List.of(leader, victim));
    damage(victim);
    restart(late);
    restart(victim);

    CompletableFuture<?> write = late.node.submitter().submit(TestCluster.put("by too few"));
    await().atMost(TestCluster.PATIENCE).until(write::isDone);
    assertThat(write).isCompletedExceptionally();
    assertThat(late.leads() || victim.leads()).isFalse();
    assertThat(victim.replica.all()).isEmpty();

    restart(leader);
    await().atMost(TestCluster.PATIENCE).until(() -> victim.replica.writes("on two of three") == 1);
    victim.node.submitter().submit(TestCluster.put("by all")).get(20, TimeUnit.SECONDS);
    cluster.awaitEqual();
    assertThat(late.replica.writes("on two of three")).isEqualTo(1);
    assertThat(late.replica.writes("by too few")).isZero();
  }
}
