package io.hanse.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.row.Server;
import io.hanse.raft.transport.proto.Account;
import io.hanse.raft.transport.proto.BootstrapRecord;
import io.hanse.raft.transport.proto.JoinReply;
import io.hanse.raft.transport.proto.MemberName;
import io.hanse.raft.transport.proto.Stage;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A server that leaves, and ends or hears nothing at any point of it. */
class LeaveTest {
  private static final String GROUP = "group";
  private static final String BOSS = "boss";
  private static final Duration HOLD = Duration.ofMillis(300);

  @TempDir Path folder;

  /** Whom the others have in their group. */
  private final Set<String> group = ConcurrentHashMap.newKeySet();

  private final EndingDisk disk = new EndingDisk();
  private volatile boolean isSilent;
  private volatile boolean isAnswerLost;
  private volatile boolean isQuestionLost;
  private final AtomicInteger refusals = new AtomicInteger();
  private volatile ProblemCode refusal = ProblemCode.OVERLOADED;
  private @Nullable Replication running;

  @AfterEach
  void close() {
    crash();
  }

  private RaftSettings settings(Path place) {
    return new RaftSettings(
        place,
        Server.newBuilder().setNodeId("node").setNode("node").setAddress("127.0.0.1").build(),
        new InetSocketAddress(0),
        new InetSocketAddress(0),
        Optional.empty(),
        new RaftSettings.Bootstrap(3, List.of("127.0.0.1:1")),
        RaftSettings.Timing.defaults().withHold(HOLD),
        RaftSettings.Limits.defaults());
  }

  /** One of three, on a directory of its own. */
  private Path member(String name) throws IOException {
    Path place = folder.resolve(name);
    try (DataDirectory directory = DataDirectory.open(place, "node", new DurableFiles(disk))) {
      Promises promises = new Promises(directory, 3);
      promises.join(GROUP);
      promises.committed(Set.of(directory.raftId(), BOSS, "third"), directory.raftId());
      Files.createDirectories(directory.groups().resolve(GROUP));
      group.addAll(List.of(directory.raftId(), BOSS, "third"));
    }
    return place;
  }

  private Replication open(Path place) throws IOException {
    return open(
        new Replication(
            settings(place),
            new MapReplica(),
            (what, cause) -> {},
            DataDirectory.open(place, "node", new DurableFiles(disk)),
            new Others()));
  }

  private Replication open(Replication replication) throws IOException {
    running = replication;
    replication.open();
    await().until(() -> replication.leadership().standing().leader().isPresent());
    return replication;
  }

  private Replication startAgain(Path place) throws IOException {
    crash();
    Replication next =
        Launch.prepare(settings(place), new MapReplica(), (what, cause) -> {}, new Others());
    running = next;
    return next;
  }

  private void crash() {
    if (running != null) {
      running.close();
      running = null;
    }
    disk.endAfter(Integer.MAX_VALUE);
  }

  private static BootstrapRecord record(Path place) throws IOException {
    return BootstrapRecord.parseFrom(Files.readAllBytes(place.resolve("raft/bootstrap")));
  }

  private static boolean leaves(Replication server) throws InterruptedException {
    try {
      server.membership().leave().get(20, TimeUnit.SECONDS);
      return true;
    } catch (ExecutionException | java.util.concurrent.TimeoutException e) {
      return false;
    }
  }

  private void isItselfOrJoinsAnew(Path place, String old, boolean isLetGo) throws IOException {
    Replication next = startAgain(place);
    assertThat(next.self().getRaftId().equals(old)).as("is itself").isEqualTo(!isLetGo);
    assertThat(record(place).getLeaving()).isFalse();
    assertThat(record(place).getRemoved()).isFalse();
    assertThat(record(place).getFormed()).isEqualTo(!isLetGo);
    assertThat(record(place).getGroupId()).isEqualTo(GROUP);
  }

  @Test
  void shouldBeItselfOrJoinAnewWhereverItsDiskEnds() throws Exception {
    boolean isThrough = false;
    int ends = 0;
    while (!isThrough) {
      Path place = member("end-" + ends);
      Replication server = open(place);
      String old = server.self().getRaftId();
      disk.endAfter(ends);
      isThrough = leaves(server);
      isItselfOrJoinsAnew(place, old, !group.contains(old));
      ends++;
    }
    assertThat(ends).isGreaterThan(6);
  }

  @Test
  void shouldBeItselfWhereItEndedBeforeItWasLetGo() throws Exception {
    Path place = member("kept");
    Replication server = open(place);
    isQuestionLost = true;
    isSilent = true;
    assertThat(leaves(server)).isFalse();
    crash();
    isSilent = false;
    isItselfOrJoinsAnew(place, server.self().getRaftId(), false);
  }

  @Test
  void shouldJoinAnewWhereItEndedBeforeItHeardThatItWasLetGo() throws Exception {
    Path place = member("let-go");
    Replication server = open(place);
    isAnswerLost = true;
    isSilent = true;
    assertThat(leaves(server)).isFalse();
    crash();
    isSilent = false;
    isItselfOrJoinsAnew(place, server.self().getRaftId(), true);
  }

  @Test
  void shouldStayOneThatWasNotLetGo() throws Exception {
    Path place = member("stays");
    Replication server = open(place);
    isQuestionLost = true;
    isSilent = true;
    assertThat(leaves(server)).isFalse();
    assertThat(record(place).getLeaving()).isTrue();
    isSilent = false;
    await().atMost(Duration.ofSeconds(20)).until(() -> !record(place).getLeaving());
    assertThat(server.left()).isNotDone();
    isItselfOrJoinsAnew(place, server.self().getRaftId(), false);
  }

  @Test
  void shouldEndOnceItHearsThatItWasLetGo() throws Exception {
    Path place = member("ends");
    Replication server = open(place);
    isAnswerLost = true;
    isSilent = true;
    assertThat(leaves(server)).isFalse();
    assertThat(server.left()).isNotDone();
    isSilent = false;
    assertThat(server.left()).succeedsWithin(Duration.ofSeconds(20));
    isItselfOrJoinsAnew(place, server.self().getRaftId(), true);
  }

  @Test
  void shouldGoOnAskingWhereNobodyKnewAtItsStart() throws Exception {
    Path place = member("unknown");
    Replication server = open(place);
    String old = server.self().getRaftId();
    isAnswerLost = true;
    isSilent = true;
    assertThat(leaves(server)).isFalse();
    Replication next = startAgain(place);
    assertThat(next.self().getRaftId()).isEqualTo(old);
    assertThat(record(place).getLeaving()).isTrue();
    next.open();
    isSilent = false;
    assertThat(next.left()).succeedsWithin(Duration.ofSeconds(20));
    isItselfOrJoinsAnew(place, old, true);
  }

  /** A leader that leaves hands over first, and the next one may need longer than a read waits. */
  @Test
  void shouldGoOnAskingLongerThanAnotherQuestionWould() throws Exception {
    Replication server = open(member("late"));
    isQuestionLost = true;
    CompletableFuture<Void> leaving = server.membership().leave();
    CompletableFuture.runAsync(
        () -> isQuestionLost = false,
        CompletableFuture.delayedExecutor(2 * HOLD.toMillis(), TimeUnit.MILLISECONDS));
    assertThat(leaving).succeedsWithin(Duration.ofSeconds(20));
  }

  /** As while the group changes, or its leader is new and has not heard all of them yet. */
  @ParameterizedTest
  @EnumSource(
      names = {"OVERLOADED", "CONFLICT", "FAILED_PRECONDITION", "SHUTTING_DOWN", "COMMIT_UNKNOWN"})
  void shouldAskAgainAfterWhatTimeCanChange(ProblemCode code) throws Exception {
    Replication server = open(member("busy"));
    refusal = code;
    refusals.set(2);
    assertThat(leaves(server)).isTrue();
    assertThat(group).doesNotContain(server.self().getRaftId());
  }

  @Test
  void shouldNotAskAgainAfterWhatStays() throws Exception {
    Replication server = open(member("refused"));
    refusal = ProblemCode.DECODE_FAILED;
    refusals.set(Integer.MAX_VALUE);
    assertThatThrownBy(() -> server.membership().leave().get(20, TimeUnit.SECONDS))
        .hasMessageContaining("not yet DECODE_FAILED");
    assertThat(refusals).hasValue(Integer.MAX_VALUE - 1);
  }

  @Test
  void shouldSayWhatItWasAnsweredLast() throws Exception {
    Replication server = open(member("never"));
    refusal = ProblemCode.FAILED_PRECONDITION;
    refusals.set(Integer.MAX_VALUE);
    CompletableFuture<Void> leaving = server.membership().leave();
    await().until(() -> refusals.get() < Integer.MAX_VALUE);
    isQuestionLost = true;
    assertThatThrownBy(() -> leaving.get(20, TimeUnit.SECONDS))
        .hasMessageContaining("within 0.9 s; the last answer: not yet FAILED_PRECONDITION");
  }

  /**
   * What a leader could not answer any more, as it ended: the next one knows this server no more.
   */
  @Test
  void shouldHaveLeftWhereItIsAStrangerByThen() throws Exception {
    Path place = member("stranger");
    Replication server = open(place);
    isAnswerLost = true;
    assertThat(server.membership().leave()).succeedsWithin(Duration.ofSeconds(20));
    isItselfOrJoinsAnew(place, server.self().getRaftId(), true);
  }

  @Test
  void shouldCountAsTakenOutWhereItWasNotToLeave() throws Exception {
    Path place = member("taken-out");
    Replication server = open(place);
    group.remove(server.self().getRaftId());
    await().atMost(Duration.ofSeconds(20)).until(() -> record(place).getRemoved());
    assertThat(server.left()).isNotDone();
    assertThat(startAgain(place).self().getRaftId()).isEqualTo(server.self().getRaftId());
  }

  private final class Others implements Surroundings {
    @Override
    public void learn(Server row) {}

    @Override
    public Dialer dialer(
        Server self,
        Supplier<Optional<String>> groupId,
        Function<String, Optional<InetSocketAddress>> addresses,
        Executor completer) {
      return new Boss();
    }

    @Override
    public Consensus consensus(
        DataDirectory directory,
        boolean isFormed,
        Replica replica,
        LeaderContact contact,
        Consensus.Listener listener) {
      FakeConsensus consensus = new FakeConsensus(directory.raftId());
      consensus.group = Optional.of(GROUP);
      consensus.voters = new Consensus.Voters(Set.of(directory.raftId(), BOSS, "third"), Set.of());
      consensus.position = new Consensus.Position(1, false, Optional.of(BOSS), 1, 1);
      return consensus;
    }

    @Override
    public Endpoint listen(ServerRequests requests, Executor completer) {
      return () -> {};
    }
  }

  /** The leader of the others. */
  private final class Boss extends FakePeers implements Surroundings.Dialer {
    @Override
    public CompletableFuture<JoinReply> join(InetSocketAddress address, Account caller) {
      if (isSilent) {
        return unreachable();
      }
      boolean isMember = group.contains(caller.getServer().getRaftId());
      return CompletableFuture.completedFuture(
          JoinReply.newBuilder()
              .setAccount(
                  Account.newBuilder()
                      .setServer(Server.newBuilder().setRaftId(BOSS).setNode(BOSS))
                      .setStage(Stage.STAGE_FORMED)
                      .setGroupId(GROUP)
                      .setLeaderRaftId(BOSS))
              .setCallerRemoved(caller.getStage() == Stage.STAGE_FORMED && !isMember)
              .setCallerKept(caller.getMayHaveLeft() && isMember)
              .build());
    }

    @Override
    public CompletableFuture<ByteString> ask(
        String raftId, String name, ByteString request, Duration patience) {
      if (!name.equals("raft.remove") || isQuestionLost) {
        return unreachable();
      }
      if (refusals.getAndDecrement() > 0) {
        return CompletableFuture.failedFuture(new ProblemException(refusal, "not yet " + refusal));
      }
      try {
        String asking = MemberName.parseFrom(request).getRaftId();
        if (!group.remove(asking)) {
          return CompletableFuture.failedFuture(Problems.stranger(asking));
        }
      } catch (InvalidProtocolBufferException e) {
        return CompletableFuture.failedFuture(e);
      }
      return isAnswerLost ? unreachable() : CompletableFuture.completedFuture(ByteString.EMPTY);
    }

    @Override
    public void close() {}
  }
}
