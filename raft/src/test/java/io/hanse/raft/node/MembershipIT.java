package io.hanse.raft.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.hanse.fsm.port.Membership;
import io.hanse.fsm.row.AutopilotHealth;
import io.hanse.fsm.row.ServerHealthState;
import io.hanse.fsm.view.Autopilot;
import io.hanse.raft.RaftSettings;
import io.hanse.raft.node.TestCluster.Member;
import io.hanse.raft.ratis.Candidate;
import io.hanse.raft.transport.proto.BootstrapRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Servers that come, go, are replaced and are taken out, while the others go on. */
@Execution(ExecutionMode.CONCURRENT)
class MembershipIT {
  /** A busy machine does not make servers that hear each other so late elect another leader. */
  private static final RaftSettings.Timing PATIENT =
      RaftSettings.Timing.defaults().withMultiplier(5);

  /** No cluster comes to so many elections. */
  private static final long FAR_TERM = 1_000;

  @TempDir Path directory;

  private TestCluster cluster;

  @AfterEach
  void stop() {
    cluster.close();
    assertThat(cluster.failures).isEmpty();
  }

  private static String id(Member member) {
    return member.node.leadership().self();
  }

  private List<Membership.Member> known() {
    return cluster.leader().node.membership().knownMembers();
  }

  private List<String> voters() {
    return known().stream()
        .filter(Membership.Member::voter)
        .map(Membership.Member::raftId)
        .toList();
  }

  private void awaitVoters(Member... members) {
    String[] ids = Stream.of(members).map(MembershipIT::id).toArray(String[]::new);
    await()
        .atMost(TestCluster.PATIENCE)
        .untilAsserted(() -> assertThat(voters()).containsExactlyInAnyOrder(ids));
  }

  @Test
  void shouldGiveANewcomerItsVoteOnceItIsStable() throws Exception {
    cluster = new TestCluster(directory).start("a");
    Member first = cluster.leader();
    first.write("alone");
    Member joiner = cluster.start(cluster.add("b"), 0, cluster.joinAddresses());
    awaitVoters(first, joiner);
    joiner.write("as a member");
    assertThat(joiner.replica.writes("alone")).isEqualTo(1);

    // It is a voter in earnest: it can lead.
    first
        .node
        .membership()
        .transferLeadership(java.util.Optional.of(id(joiner)))
        .get(20, TimeUnit.SECONDS);
    await().atMost(TestCluster.PATIENCE).until(joiner::leads);
    first.write("under the new leader");
    assertThat(cluster.failures).isEmpty();
  }

  @Test
  void shouldLetAWipedServerTakeItsOldPlace() throws Exception {
    cluster = new TestCluster(directory).start("a", "b", "c");
    cluster.leader().write("before");
    Member wiped = cluster.follower();
    Member other =
        cluster.running().stream()
            .filter(member -> member != wiped && !member.leads())
            .findFirst()
            .orElseThrow();
    String old = id(wiped);
    cluster.stop(wiped);
    delete(directory.resolve(wiped.name));
    cluster.start(wiped, 3, cluster.joinAddresses());

    awaitVoters(cluster.running().toArray(Member[]::new));
    assertThat(id(wiped)).isNotEqualTo(old);
    // Without the old one in the way, two of three are a majority.
    cluster.stop(other);
    wiped.write("by the new one");
    cluster.awaitEqual();
    assertThat(wiped.replica.writes("before")).isEqualTo(1);
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  @Test
  void shouldTellARemovedServerThatDisturbsNobody() throws Exception {
    cluster = new TestCluster(directory).with(PATIENT).start("a", "b", "c");
    Member removed = cluster.follower();
    removed.write("as a member");
    long term = cluster.leader().node.leadership().standing().term();
    Member another =
        cluster.running().stream().filter(member -> member != removed).findFirst().orElseThrow();
    another.node.membership().remove(id(removed)).get(20, TimeUnit.SECONDS);

    awaitRefusal(removed);
    cluster.stop(removed);
    startImpatient(removed);
    awaitRefusal(removed);
    Member leader = cluster.leader();
    leader.write("without it");
    assertThat(leader.node.leadership().standing().term()).isEqualTo(term);
    assertThat(voters()).hasSize(2);
    assertThat(removed.replica.writes("without it")).isZero();
  }

  private static void awaitRefusal(Member removed) {
    await()
        .atMost(TestCluster.PATIENCE)
        .untilAsserted(
            () ->
                assertThatThrownBy(() -> removed.write("refused"))
                    .hasMessageContaining("this server was removed from the cluster"));
  }

  @Test
  void shouldTellAServerThatWasRemovedWhileItWasDown() throws Exception {
    cluster = new TestCluster(directory).with(PATIENT).start("a", "b", "c");
    Member removed = cluster.follower();
    String id = id(removed);
    cluster.stop(removed);
    cluster.leader().node.membership().remove(id).get(20, TimeUnit.SECONDS);
    long term = cluster.leader().node.leadership().standing().term();
    startImpatient(removed);
    awaitRefusal(removed);
    cluster.leader().write("without it");
    assertThat(cluster.leader().node.leadership().standing().term()).isEqualTo(term);
  }

  /** Stands for election long before the others would. */
  private void startImpatient(Member member) throws IOException {
    cluster.with(RaftSettings.Timing.defaults());
    cluster.start(member, 3, cluster.joinAddresses());
  }

  /** However it asks: also where it can't be told, and knows nothing but an old configuration. */
  @Test
  void shouldGiveNoVoteToAServerThatWasRemoved() throws Exception {
    cluster = new TestCluster(directory).with(PATIENT).start("a", "b", "c");
    Member removed = cluster.follower();
    String group = groupOf(removed);
    String id = id(removed);
    cluster.leader().node.membership().remove(id).get(20, TimeUnit.SECONDS);
    cluster.stop(removed);

    Candidate candidate = new Candidate(group, id, FAR_TERM);
    for (Member voter : cluster.running()) {
      for (boolean isPreVote : new boolean[] {true, false}) {
        Candidate.Answer answer = candidate.ask(voter.address.raft(), id(voter), isPreVote);
        assertThat(answer.isGranted()).isFalse();
        assertThat(answer.term()).isLessThan(FAR_TERM);
      }
    }
    cluster.leader().write("without it");
    assertThat(cluster.leader().node.leadership().standing().term()).isLessThan(FAR_TERM);

    // One of the others gets it, by the same question.
    Member leader = cluster.leader();
    Candidate member = new Candidate(group, id(cluster.follower()), FAR_TERM);
    assertThat(member.ask(leader.address.raft(), id(leader), false))
        .isEqualTo(new Candidate.Answer(true, FAR_TERM));
  }

  private String groupOf(Member member) throws IOException {
    try (Stream<Path> groups =
        Files.list(directory.resolve(member.name).resolve("raft").resolve("groups"))) {
      return groups.filter(Files::isDirectory).findAny().orElseThrow().getFileName().toString();
    }
  }

  @Test
  void shouldRemoveTheLeaderAfterItHandedOver() throws Exception {
    cluster = new TestCluster(directory).start("a", "b", "c");
    Member leader = cluster.leader();
    Member follower = cluster.follower();
    follower.node.membership().remove(id(leader)).get(20, TimeUnit.SECONDS);
    awaitRefusal(leader);
    follower.write("under another");
    assertThat(voters()).hasSize(2).doesNotContain(id(leader));
  }

  /** With it gone, one of two would be left that answers: nothing could be agreed on any more. */
  @Test
  void shouldRemoveNobodyWhomTheOthersNeed() throws Exception {
    cluster = new TestCluster(directory).start("a", "b", "c");
    Member silent = cluster.follower();
    String silentId = id(silent);
    Member needed =
        cluster.running().stream()
            .filter(member -> member != silent && !member.leads())
            .findFirst()
            .orElseThrow();
    cluster.stop(silent);
    await()
        .atMost(TestCluster.PATIENCE)
        .until(
            () ->
                health().getServersList().stream()
                    .filter(server -> server.getRaftId().equals(silentId))
                    .anyMatch(server -> server.getLastContact().getSeconds() >= 3));
    assertThatThrownBy(() -> needed.node.membership().remove(id(needed)).get(20, TimeUnit.SECONDS))
        .hasMessageContaining("no majority that answers: 1 of 2");
    needed.write("still of the majority");
    needed.node.membership().remove(silentId).get(20, TimeUnit.SECONDS);
    assertThat(voters()).hasSize(2).doesNotContain(silentId);
  }

  @Test
  void shouldTakeAServerInAnewThatLeft() throws Exception {
    cluster = new TestCluster(directory).start("a", "b", "c");
    for (int round = 0; round < 2; round++) {
      // The leader first: it hands over before it goes.
      Member leaver = round == 0 ? cluster.leader() : cluster.follower();
      leaver.write("before " + round);
      String old = id(leaver);
      leaver.node.membership().leave().get(20, TimeUnit.SECONDS);
      cluster.stop(leaver);
      assertThat(voters()).hasSize(2).doesNotContain(old);
      cluster.leader().write("without it " + round);

      cluster.start(leaver, 3, cluster.joinAddresses());
      awaitVoters(cluster.running().toArray(Member[]::new));
      assertThat(id(leaver)).isNotEqualTo(old);
      leaver.write("back " + round);
      // Acknowledged by the leader; its own replica may come later.
      cluster.awaitEqual();
      assertThat(leaver.replica.writes("without it " + round)).isEqualTo(1);
    }
    assertThat(cluster.failures).isEmpty();
  }

  /** As one whose process ended while it left. */
  private void resolveToLeave(Member member) throws IOException {
    Path file = directory.resolve(member.name).resolve("raft/bootstrap");
    BootstrapRecord promises = BootstrapRecord.parseFrom(Files.readAllBytes(file));
    Files.write(file, promises.toBuilder().setLeaving(true).build().toByteArray());
  }

  @Test
  void shouldFindOutAtItsStartWhatCameOfItsLeave() throws Exception {
    cluster = new TestCluster(directory).start("a", "b", "c");
    Member leaver = cluster.follower();
    leaver.write("before");
    String old = id(leaver);
    cluster.stop(leaver);
    resolveToLeave(leaver);
    cluster.start(leaver, 3, cluster.joinAddresses());
    assertThat(id(leaver)).as("the others have it still").isEqualTo(old);
    leaver.write("stays");

    cluster.stop(leaver);
    resolveToLeave(leaver);
    cluster.leader().node.membership().remove(old).get(20, TimeUnit.SECONDS);
    cluster.leader().write("without it");
    cluster.start(leaver, 3, cluster.joinAddresses());
    assertThat(id(leaver)).as("the others are without it").isNotEqualTo(old);
    awaitVoters(cluster.running().toArray(Member[]::new));
    cluster.awaitEqual();
    assertThat(leaver.replica.writes("without it")).isEqualTo(1);
  }

  @Test
  void shouldStayItselfWhereThereIsNobodyToLeave() throws Exception {
    cluster = new TestCluster(directory).start("a");
    Member alone = cluster.leader();
    alone.write("before");
    String id = id(alone);
    alone.node.membership().leave().get(20, TimeUnit.SECONDS);
    alone.write("still");
    cluster.stop(alone);
    cluster.start(alone, 1, List.of());
    alone.write("after");
    assertThat(id(alone)).isEqualTo(id);
    assertThat(alone.replica.writes("before")).isEqualTo(1);
  }

  @Test
  void shouldStayWhereNobodyCanLetItGo() throws Exception {
    cluster =
        new TestCluster(directory)
            .with(RaftSettings.Timing.defaults().withHold(Duration.ofSeconds(3)))
            .start("a", "b");
    Member left = cluster.leader();
    cluster.stop(cluster.follower());
    await().atMost(TestCluster.PATIENCE).until(() -> !left.leads());
    assertThatThrownBy(() -> left.node.membership().leave().get(20, TimeUnit.SECONDS))
        .hasMessageContaining("No cluster leader: only a majority of the voters can let")
        .hasMessageContaining("reaches 1 of 2; start the others again");
    assertThat(left.node.membership().knownMembers()).hasSize(2);
  }

  @Test
  void shouldTakeOutAServerThatIsSilentForTooLong() throws Exception {
    cluster =
        new TestCluster(directory)
            .with(RaftSettings.Timing.defaults().withDeadAfter(Duration.ofSeconds(1)))
            .start("a", "b", "c");
    Member dead = cluster.follower();
    String id = id(dead);
    // A new leader has yet to hear from both others.
    await()
        .atMost(TestCluster.PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(health().getHealthy()).isTrue();
              assertThat(health().getFailureTolerance()).isEqualTo(1);
            });
    cluster.stop(dead);
    await()
        .atMost(TestCluster.PATIENCE)
        .until(
            () ->
                health().getServersList().stream()
                    .anyMatch(server -> server.getRaftId().equals(id) && !server.getHealthy()));
    await().atMost(TestCluster.PATIENCE).until(() -> !voters().contains(id));
    // One of the two that are left is no minority: it stays, however silent.
    assertThat(health().getServersList())
        .extracting(ServerHealthState::getNode)
        .doesNotContain(dead.name);
    cluster.leader().write("by two");
  }

  private AutopilotHealth health() throws Exception {
    return AutopilotHealth.parseFrom(
        cluster
            .follower()
            .node
            .leaderCall()
            .call(Autopilot.HEALTH_CALL, ByteString.EMPTY, TestCluster.PATIENCE)
            .get(20, TimeUnit.SECONDS));
  }

  @Test
  void shouldRefuseAServerWhoseNameALivingOneHas() throws Exception {
    cluster = new TestCluster(directory).start("a");
    cluster.leader().write("first");
    Member twin = new Member("a", TestCluster.freeAddress());
    Path place = directory.resolve("twin");
    twin.node =
        ClusterNode.prepare(
            cluster.settings(twin, 0, cluster.joinAddresses(), place),
            twin.replica,
            (what, cause) -> cluster.failures.add(what));
    twin.node.open();
    assertThatThrownBy(() -> twin.write("refused")).hasMessageContaining("No cluster leader");
    assertThat(known()).hasSize(1);
    cluster.stop(twin);
  }
}
