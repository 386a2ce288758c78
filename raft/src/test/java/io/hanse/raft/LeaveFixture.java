package io.hanse.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.row.CommandResult;
import io.hanse.fsm.row.Entry;
import io.hanse.fsm.row.Server;
import io.hanse.raft.transport.proto.Account;
import io.hanse.raft.transport.proto.BootstrapRecord;
import io.hanse.raft.transport.proto.JoinReply;
import io.hanse.raft.transport.proto.MemberName;
import io.hanse.raft.transport.proto.RemovalReply;
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
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** A server that leaves, on a disk that may end, and the others, which may be silent. */
class LeaveFixture {
  static final String GROUP = "group";
  static final String BOSS = "boss";
  static final Duration HOLD = Duration.ofMillis(300);

  @TempDir Path folder;

  /** Whom the others have in their group. */
  final Set<String> group = ConcurrentHashMap.newKeySet();

  final EndingDisk disk = new EndingDisk();
  volatile boolean isSilent;
  volatile boolean isAnswerLost;

  /** Whom it has let go reaches nobody who leads. */
  volatile boolean isUnledOnceLetGo;

  volatile boolean isQuestionLost;

  /** It answers as one did that could not say who is kept. */
  volatile boolean isBossOld;

  final List<MemberName> lost = new CopyOnWriteArrayList<>();
  volatile Removals removals = new Removals(new BossConsensus(1));
  final AtomicInteger questions = new AtomicInteger();

  /** Why nobody is let go. */
  volatile Optional<String> need = Optional.empty();

  final AtomicInteger refusals = new AtomicInteger();
  volatile ProblemCode refusal = ProblemCode.OVERLOADED;
  @Nullable Replication running;

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
  Path member(String name) throws IOException {
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

  /** Another leader than before, which knows of nothing that one was asked or has answered. */
  void lead(long term) {
    removals = new Removals(new BossConsensus(term));
  }

  Replication open(Path place) throws IOException {
    return open(
        new Replication(
            settings(place),
            new MapReplica(),
            (what, cause) -> {},
            DataDirectory.open(place, "node", new DurableFiles(disk)),
            new Others()));
  }

  Replication open(Replication replication) throws IOException {
    running = replication;
    replication.open();
    await().until(() -> replication.leadership().standing().leader().isPresent());
    return replication;
  }

  Replication startAgain(Path place) throws IOException {
    crash();
    Replication next =
        Launch.prepare(settings(place), new MapReplica(), (what, cause) -> {}, new Others());
    running = next;
    return next;
  }

  void crash() {
    if (running != null) {
      running.close();
      running = null;
    }
    disk.endAfter(Integer.MAX_VALUE);
  }

  static BootstrapRecord record(Path place) throws IOException {
    return BootstrapRecord.parseFrom(Files.readAllBytes(place.resolve("raft/bootstrap")));
  }

  static boolean leaves(Replication server) throws InterruptedException {
    try {
      server.membership().leave().get(20, TimeUnit.SECONDS);
      return true;
    } catch (ExecutionException | java.util.concurrent.TimeoutException e) {
      return false;
    }
  }

  void isItselfOrJoinsAnew(Path place, String old, boolean isLetGo) throws IOException {
    Replication next = startAgain(place);
    assertThat(next.self().getRaftId().equals(old)).as("is itself").isEqualTo(!isLetGo);
    assertThat(record(place).getLeaving()).isFalse();
    assertThat(record(place).getRemoved()).isFalse();
    assertThat(record(place).getFormed()).isEqualTo(!isLetGo);
    assertThat(record(place).getGroupId()).isEqualTo(GROUP);
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
      return new Boss(self.getRaftId());
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
      listener.applied(1);
      return consensus;
    }

    @Override
    public Endpoint listen(ServerRequests requests, Executor completer) {
      return () -> {};
    }
  }

  /** The leader of the others. */
  private final class Boss extends FakePeers implements Surroundings.Dialer {
    private final String caller;

    Boss(String caller) {
      this.caller = caller;
    }

    private boolean answersMember() {
      return !isSilent && group.contains(caller);
    }

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
              .setCallerKept(!isBossOld && caller.getMayHaveLeft() && removals.keeps(caller))
              .build());
    }

    @Override
    public CompletableFuture<ByteString> ask(
        String raftId, String name, ByteString request, Duration patience) {
      if (!name.equals("raft.remove")) {
        return unreachable();
      }
      MemberName asked = parse(request);
      questions.incrementAndGet();
      if (isUnledOnceLetGo && !group.contains(asked.getRaftId())) {
        return unreachable();
      }
      if (isQuestionLost) {
        lost.add(asked);
        return unreachable();
      }
      if (refusals.getAndDecrement() > 0) {
        return CompletableFuture.failedFuture(new ProblemException(refusal, "not yet " + refusal));
      }
      if (!group.contains(asked.getRaftId())) {
        return CompletableFuture.failedFuture(Problems.stranger(asked.getRaftId()));
      }
      if (need.isPresent()) {
        return CompletableFuture.completedFuture(
            RemovalReply.newBuilder().setRefusal(need.get()).build().toByteString());
      }
      return removals
          .remove(asked)
          .thenCompose(
              done ->
                  isAnswerLost
                      ? unreachable()
                      : CompletableFuture.completedFuture(ByteString.EMPTY));
    }

    private static MemberName parse(ByteString request) {
      try {
        return MemberName.parseFrom(request);
      } catch (InvalidProtocolBufferException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public CompletableFuture<CommandResult> forward(String raftId, Entry entry, long patience) {
      return answersMember()
          ? CompletableFuture.completedFuture(CommandResult.newBuilder().setIndex(1).build())
          : super.forward(raftId, entry, patience);
    }

    @Override
    public CompletableFuture<Long> readPoint(
        String raftId, boolean isConsistent, Duration patience) {
      return answersMember() ? CompletableFuture.completedFuture(1L) : unreachable();
    }

    @Override
    public void close() {}
  }

  /** Of the leader. */
  private final class BossConsensus extends FakeConsensus {
    BossConsensus(long term) {
      super(BOSS);
      position = new Position(term, true, Optional.of(BOSS), 1, 1);
    }

    @Override
    public Voters voters() {
      return new Voters(LeaveFixture.this.group, Set.of());
    }

    @Override
    public CompletableFuture<Void> removeVoter(String raftId) {
      LeaveFixture.this.group.remove(raftId);
      return CompletableFuture.completedFuture(null);
    }
  }
}
