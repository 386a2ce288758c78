package io.hanse.raft.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.port.Membership;
import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.row.CommandResult;
import io.hanse.raft.Problems;
import io.hanse.raft.node.TestCluster.Member;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.CONCURRENT)
class ClusterIT {
  @TempDir Path directory;

  private TestCluster cluster;

  @AfterEach
  void stop() {
    assertThat(cluster.failures).isEmpty();
    cluster.close();
  }

  @Test
  void shouldFormAndGoOnAfterItsLeaderIsLost() throws Exception {
    cluster = new TestCluster(directory).start("a", "b", "c");
    Member follower = cluster.follower();
    follower.write("first");
    cluster.awaitEqual();
    assertThat(follower.replica.writes("first")).isEqualTo(1);

    for (StateReader.Level level : StateReader.Level.values()) {
      StateReader.Freshness fresh =
          follower.node.reader().fresh(level, TestCluster.PATIENCE).get(20, TimeUnit.SECONDS);
      assertThat(fresh.knownLeader()).isTrue();
    }

    // It may be another one by now.
    cluster.stop(cluster.leader());
    Member left = cluster.running().get(0);
    List<CompletableFuture<CommandResult>> writes = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      writes.add(left.node.submitter().submit(TestCluster.put("many")));
    }
    for (CompletableFuture<CommandResult> write : writes) {
      write.get(20, TimeUnit.SECONDS);
    }
    assertThat(cluster.leader().replica.writes("many")).isEqualTo(200);
    cluster.awaitEqual();
  }

  @Test
  void shouldAnswerEachReadWithAllThatWasWrittenBefore() throws Exception {
    cluster = new TestCluster(directory).start("a", "b", "c");
    Member leader = cluster.leader();
    Member follower = cluster.follower();
    for (int i = 1; i <= 20; i++) {
      leader.write("key");
      for (StateReader.Level level :
          List.of(StateReader.Level.DEFAULT, StateReader.Level.CONSISTENT)) {
        follower.node.reader().fresh(level, TestCluster.PATIENCE).get(20, TimeUnit.SECONDS);
        assertThat(follower.replica.writes("key")).isEqualTo(i);
      }
    }
  }

  @Test
  void shouldHandLeadershipToTheServerNamed() throws Exception {
    cluster = new TestCluster(directory).start("a", "b", "c");
    Member follower = cluster.follower();
    String target = follower.node.leadership().self();

    follower.node.membership().transferLeadership(Optional.of(target)).get(20, TimeUnit.SECONDS);

    await().atMost(TestCluster.PATIENCE).until(follower::leads);
    List<Membership.Member> members =
        follower.node.membership().members().get(20, TimeUnit.SECONDS);
    assertThat(members).hasSize(3);
    assertThat(members)
        .filteredOn(Membership.Member::leader)
        .extracting(Membership.Member::raftId)
        .containsExactly(target);
    follower.write("after");
  }

  @Test
  void shouldCarryQuestionsToTheLeaderAndItsProblemsBack() throws Exception {
    cluster = new TestCluster(directory).start("a", "b", "c");
    for (Member member : cluster.running()) {
      member.node.leaderCall().serve("who", request -> answer(member));
      member.node.leaderCall().serve("never", request -> refusal());
    }
    String leader = cluster.leader().name;
    for (Member member : cluster.running()) {
      ByteString answer = ask(member, "who").get(20, TimeUnit.SECONDS);
      assertThat(answer.toStringUtf8()).isEqualTo(leader);
      assertThatThrownBy(() -> ask(member, "never").get(20, TimeUnit.SECONDS))
          .hasMessageContaining("not this one")
          .satisfies(e -> assertThat(Problems.code(e)).isEqualTo(ProblemCode.CONFLICT));
      assertThatThrownBy(() -> ask(member, "unknown").get(20, TimeUnit.SECONDS))
          .satisfies(e -> assertThat(Problems.code(e)).isEqualTo(ProblemCode.NOT_FOUND));
    }
  }

  private static CompletableFuture<ByteString> ask(Member member, String name) {
    return member.node.leaderCall().call(name, ByteString.EMPTY, TestCluster.PATIENCE);
  }

  private static CompletableFuture<ByteString> answer(Member member) {
    return CompletableFuture.completedFuture(ByteString.copyFromUtf8(member.name));
  }

  private static CompletableFuture<ByteString> refusal() {
    return CompletableFuture.failedFuture(
        new ProblemException(ProblemCode.CONFLICT, "not this one"));
  }

  @Test
  void shouldHandLeadershipOverWhenStopped() throws Exception {
    cluster = new TestCluster(directory).start("a", "b", "c");
    Member leader = cluster.leader();
    leader.write("before");
    leader.node.stop();
    leader.node = null;
    // Faster than an election could be: the others were told.
    await().atMost(Duration.ofSeconds(20)).until(() -> cluster.leader() != null);
    cluster.leader().write("after");
    cluster.awaitEqual();
  }
}
