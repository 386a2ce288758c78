package io.hanse.raft.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.port.StateReader;
import io.hanse.raft.Problems;
import io.hanse.raft.RaftSettings;
import io.hanse.raft.node.TestCluster.Member;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What happens to a cluster in the course of its life: moves, losses, joins and repairs. */
@Execution(ExecutionMode.CONCURRENT)
class LifeIT {
  @TempDir Path directory;

  private TestCluster cluster;

  @AfterEach
  void stop() {
    cluster.close();
    assertThat(cluster.failures).isEmpty();
  }

  @Test
  void shouldFindItselfAfterAllServersMoved() throws Exception {
    cluster = new TestCluster(directory).start("a", "b", "c");
    cluster.follower().write("before");
    cluster.awaitEqual();
    List<Member> all = cluster.running();
    cluster.stop(all);
    // One old address is kept, so that the others are heard of; nothing else is configured.
    for (Member member : all.subList(1, 3)) {
      member.address = TestCluster.freeAddress();
    }
    for (Member member : all) {
      cluster.start(member, 0, List.of());
    }
    cluster.follower().write("after");
    cluster.awaitEqual();

    Member mover = cluster.follower();
    cluster.stop(mover);
    cluster.leader().write("while it was away");
    mover.address = TestCluster.freeAddress();
    cluster.start(mover, 0, List.of());
    cluster.awaitEqual();
    assertThat(mover.replica.writes("while it was away")).isEqualTo(1);
    mover.write("from its new place");
  }

  @Test
  void shouldSendASnapshotToAServerThatWasAwayForLong() throws Exception {
    cluster =
        new TestCluster(directory)
            .with(RaftSettings.Limits.defaults().withSnapshots(40, 0, 4 << 10))
            .start("a", "b", "c");
    Member away = cluster.follower();
    away.write("first");
    cluster.stop(away);
    Member leader = cluster.leader();
    for (int i = 0; i < 150; i++) {
      leader.write("key " + i);
    }
    cluster.start(away, 0, List.of());
    cluster.awaitEqual();
    await().atMost(TestCluster.PATIENCE).until(() -> away.replica.writes("key 149") == 1);
    assertThat(away.replica.loads()).isPositive();
    away.write("again");
  }

  @Test
  void shouldSayNoClusterLeaderInTimeWithoutAQuorum() throws Exception {
    Duration hold = Duration.ofSeconds(2);
    cluster =
        new TestCluster(directory)
            .with(RaftSettings.Timing.defaults().withHold(hold))
            .start("a", "b", "c");
    Member leader = cluster.leader();
    leader.write("before");
    cluster.running().stream().filter(member -> member != leader).forEach(cluster::stop);
    await().atMost(TestCluster.PATIENCE).until(() -> !leader.leads());

    // It waits by the same clock as the two, however busy the machine is.
    CompletableFuture<?> late =
        leader.node.reader().fresh(StateReader.Level.DEFAULT, hold.multipliedBy(3));
    CompletableFuture<?> write = leader.node.submitter().submit(TestCluster.put("lost"));
    CompletableFuture<?> read = leader.node.reader().fresh(StateReader.Level.DEFAULT, hold);
    CompletableFuture<Boolean> areLate =
        CompletableFuture.allOf(write, read).handle((done, failure) -> late.isDone());
    for (CompletableFuture<?> refused : List.of(write, read)) {
      assertThatThrownBy(() -> refused.get(20, TimeUnit.SECONDS))
          .satisfies(e -> assertThat(Problems.code(e)).isEqualTo(ProblemCode.NO_LEADER))
          .rootCause()
          .hasMessage("No cluster leader");
    }
    assertThat(areLate.get(20, TimeUnit.SECONDS)).isFalse();
    assertThat(
            leader
                .node
                .reader()
                .fresh(StateReader.Level.STALE, hold)
                .get(20, TimeUnit.SECONDS)
                .knownLeader())
        .isFalse();
  }

  @Test
  void shouldTakeInANewServerAndRefuseOneOfAnotherCluster() throws Exception {
    cluster = new TestCluster(directory).start("a");
    Member first = cluster.leader();
    first.write("alone");
    Member joiner = cluster.add("b");
    cluster.start(joiner, 0, List.of(first.address.hostPort()));
    await()
        .atMost(TestCluster.PATIENCE)
        .until(() -> first.node.membership().knownMembers().size() == 2);
    joiner.write("joined");
    assertThat(joiner.replica.writes("alone")).isEqualTo(1);

    Member foreign = cluster.add("x");
    cluster.start(foreign, 1, List.of());
    await().atMost(TestCluster.PATIENCE).until(foreign::leads);
    foreign.write("elsewhere");
    cluster.stop(foreign);
    cluster.start(foreign, 1, cluster.joinAddresses());
    await().atMost(TestCluster.PATIENCE).until(foreign::leads);
    foreign.write("still elsewhere");
    assertThat(foreign.node.membership().knownMembers()).hasSize(1);
    assertThat(first.node.membership().knownMembers()).hasSize(2);
    assertThat(first.replica.writes("elsewhere")).isZero();

    Member lost = cluster.add("y");
    cluster.start(lost, 0, cluster.joinAddresses());
    assertThatThrownBy(
            () ->
                lost.node
                    .reader()
                    .fresh(StateReader.Level.DEFAULT, Duration.ofSeconds(1))
                    .get(20, TimeUnit.SECONDS))
        .hasMessageContaining("No cluster leader");
  }

  @Test
  void shouldRefuseADirectoryOrAPortThatIsTaken() throws Exception {
    cluster = new TestCluster(directory).start("a");
    Member taken = cluster.leader();
    Member second = cluster.add("b");
    second.address = taken.address;
    assertThatThrownBy(() -> cluster.start(second, 1, List.of()))
        .hasMessageContaining("ports.server");
    assertThatThrownBy(() -> cluster.start(taken, 1, List.of()))
        .hasMessageContaining("in use by another running server");
  }

  @Test
  void shouldStartAgainAfterATornWrite() throws Exception {
    cluster = new TestCluster(directory).start("a");
    Member member = cluster.leader();
    for (int i = 0; i < 20; i++) {
      member.write("key " + i);
    }
    cluster.stop(member);
    tear(openSegment(directory.resolve("a/raft/groups")));
    cluster.start(member, 1, List.of());
    await().atMost(TestCluster.PATIENCE).until(() -> cluster.leader() != null);
    member.write("after");
    assertThat(member.replica.writes("key 19")).isEqualTo(1);
  }

  @Test
  void shouldNameTheFlippedByteOfAnAcknowledgedEntry() throws Exception {
    cluster = new TestCluster(directory).start("a");
    Member member = cluster.leader();
    for (int i = 0; i < 20; i++) {
      member.write("key " + i);
    }
    cluster.stop(member);
    Path segment = openSegment(directory.resolve("a/raft/groups"));
    byte[] written = Files.readAllBytes(segment);
    flip(segment, written.length - zerosAtTheEnd(written) - 10 * 300);
    byte[] damaged = Files.readAllBytes(segment);
    assertThatThrownBy(() -> cluster.start(member, 1, List.of()))
        .hasMessageContaining("the log is damaged: " + segment + " at offset ")
        .hasMessageContaining("aside and start again");
    assertThat(Files.readAllBytes(segment)).isEqualTo(damaged);
  }

  @Test
  void shouldPassADamagedSnapshotOverForTheOneBefore() throws Exception {
    cluster =
        new TestCluster(directory)
            .with(RaftSettings.Limits.defaults().withSnapshots(40, 0, 4 << 10))
            .start("a");
    Member member = cluster.leader();
    Path folder = directory.resolve("a/raft/groups");
    int written = 0;
    while (snapshots(folder).size() < 2 || written < 200) {
      member.write("key " + written++);
      assertThat(written).as("no second snapshot").isLessThan(10_000);
    }
    cluster.stop(member);
    List<Path> found = snapshots(folder);
    Path newest = found.get(found.size() - 1);
    flip(newest, (int) Files.size(newest) / 2);
    cluster.start(member, 1, List.of());
    await().atMost(TestCluster.PATIENCE).until(member::leads);
    member.write("after");
    assertThat(newest.resolveSibling(newest.getFileName() + ".corrupt")).exists();
    assertThat(member.replica.all()).hasSize(written + 1);
  }

  @Test
  void shouldNotGoOnWithoutASnapshotThatTheLogNeeds() throws Exception {
    cluster =
        new TestCluster(directory)
            .with(RaftSettings.Limits.defaults().withSnapshots(40, 0, 4 << 10))
            .start("a");
    Member alone = cluster.leader();
    for (int i = 0; i < 250; i++) {
      alone.write("key " + i);
    }
    cluster.stop(alone);
    Path groups = directory.resolve("a/raft/groups");
    for (Path snapshot : snapshots(groups)) {
      flip(snapshot, (int) Files.size(snapshot) / 2);
    }
    assertThatThrownBy(() -> cluster.start(alone, 0, List.of()))
        .hasMessageContaining("no sound snapshot")
        .hasMessageContaining("aside and start again");
    assertThat(snapshots(groups)).isNotEmpty();
  }

  /** Those that are finished, oldest first. */
  static List<Path> snapshots(Path groups) throws IOException {
    List<Path> snapshots = new ArrayList<>();
    try (DirectoryStream<Path> group = Files.newDirectoryStream(groups)) {
      Path folder = group.iterator().next().resolve("sm");
      // Not by their attributes: old ones are deleted meanwhile.
      try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
        for (Path file : files) {
          if (file.getFileName().toString().matches("snapshot\\.\\d+_\\d+")) {
            snapshots.add(file);
          }
        }
      }
    }
    snapshots.sort(Comparator.comparingLong(LifeIT::index));
    return snapshots;
  }

  private static long index(Path snapshot) {
    String name = snapshot.getFileName().toString();
    return Long.parseLong(name.substring(name.indexOf('_') + 1));
  }

  static void flip(Path file, int at) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[at] ^= 1;
    Files.write(file, bytes);
  }

  private static int zerosAtTheEnd(byte[] bytes) {
    int zeros = 0;
    while (zeros < bytes.length && bytes[bytes.length - 1 - zeros] == 0) {
      zeros++;
    }
    return zeros;
  }

  private static Path openSegment(Path groups) throws IOException {
    try (DirectoryStream<Path> group = Files.newDirectoryStream(groups)) {
      Path current = group.iterator().next().resolve("current");
      try (DirectoryStream<Path> segments = Files.newDirectoryStream(current, "log_inprogress_*")) {
        return segments.iterator().next();
      }
    }
  }

  /** An entry of 3,000 bytes of which only the first sectors arrived, in a segment filled ahead. */
  private static void tear(Path segment) throws IOException {
    byte[] written = Files.readAllBytes(segment);
    int end = written.length - zerosAtTheEnd(written);
    byte[] torn = Arrays.copyOf(written, (end / 4096 + 3) * 4096);
    ByteBuffer entry = ByteBuffer.wrap(torn, end, (end / 512 + 2) * 512 - end);
    entry.put((byte) ((3000 & 0x7f) | 0x80)).put((byte) (3000 >> 7));
    while (entry.hasRemaining()) {
      entry.put((byte) 'x');
    }
    Files.write(segment, torn, StandardOpenOption.TRUNCATE_EXISTING);
  }

  @Test
  void shouldStopWhenAnEntryCantBeApplied() throws Exception {
    cluster = new TestCluster(directory).start("a");
    Member member = cluster.leader();
    member.write("before");
    member.replica.breakDown();
    List<CompletableFuture<?>> writes = new ArrayList<>();
    writes.add(member.node.submitter().submit(TestCluster.put("never")));
    await().atMost(TestCluster.PATIENCE).until(() -> !cluster.failures.isEmpty());
    assertThat(cluster.failures.remove()).contains("can't be applied").contains("broken");
    cluster.stop(member);
    cluster.failures.clear();
    // Whoever waits is not left waiting.
    assertThatThrownBy(() -> writes.get(0).get(20, TimeUnit.SECONDS)).isNotNull();
  }
}
