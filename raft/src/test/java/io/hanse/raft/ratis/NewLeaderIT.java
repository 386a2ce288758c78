package io.hanse.raft.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hanse.raft.FreePorts;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.util.CodeInjectionForTesting;
import org.apache.ratis.util.NetUtils;
import org.apache.ratis.util.TimeDuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A leader that was just elected, and followers whose first answers take longer than elections. */
class NewLeaderIT {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int TIMEOUT_MILLIS = 600;

  /** Where Ratis lets a test in as a leader begins. */
  private static final String FIRST_STEPS = "LeaderState.placeholder";

  @TempDir Path folder;

  private SlowVoter one;
  private SlowVoter other;
  private RaftPeer us;
  private RaftGroup group;
  private RaftServer server;
  private RaftServer.Division division;
  private RatisNeighbours neighbours;

  private int shortestMillis = TIMEOUT_MILLIS / 2;
  private int longestMillis = TIMEOUT_MILLIS;

  private void start(long delayMillis) throws IOException {
    one = new SlowVoter("one", delayMillis);
    other = new SlowVoter("other", delayMillis);
    us =
        RaftPeer.newBuilder()
            .setId(RaftPeerId.valueOf("us"))
            .setAddress("127.0.0.1:" + FreePorts.next())
            .build();
    group = RaftGroup.valueOf(RaftGroupId.randomId(), List.of(us, one.peer(), other.peer()));
    open();
  }

  private void open() throws IOException {
    RaftProperties properties = new RaftProperties();
    properties.set(RaftConfigKeys.Rpc.TYPE_KEY, LogRpc.class.getName());
    RaftServerConfigKeys.setStorageDir(properties, List.of(folder.toFile()));
    RaftServerConfigKeys.Rpc.setTimeoutMin(properties, millis(shortestMillis));
    RaftServerConfigKeys.Rpc.setTimeoutMax(properties, millis(longestMillis));
    RaftServerConfigKeys.LeaderElection.setLeaderStepDownWaitTime(
        properties, millis(longestMillis));
    GrpcConfigKeys.Server.setHost(properties, "127.0.0.1");
    GrpcConfigKeys.Server.setPort(properties, NetUtils.createSocketAddr(us.getAddress()).getPort());
    GrpcConfigKeys.Server.setHeartbeatChannel(properties, true);
    server =
        RaftServer.newBuilder()
            .setServerId(us.getId())
            .setGroup(group)
            .setProperties(properties)
            .setStateMachineRegistry(id -> new BaseStateMachine())
            .setOption(RaftStorage.StartupOption.RECOVER)
            .build();
    neighbours = new RatisNeighbours(server, System::nanoTime);
    neighbours.listen();
    server.start();
    division = server.getDivision(group.getGroupId());
  }

  private static TimeDuration millis(long count) {
    return TimeDuration.valueOf(count, TimeUnit.MILLISECONDS);
  }

  private void close() throws IOException {
    neighbours.close();
    server.close();
  }

  @AfterEach
  void stop() throws IOException {
    close();
    one.close();
    other.close();
  }

  private Map<String, Long> silences() {
    return new RatisGroup(division, null).silences(neighbours);
  }

  @Test
  void shouldKeepItsOfficeUntilTheFirstAnswersCome() throws Exception {
    start(1_000);
    await().atMost(PATIENCE).until(() -> division.getInfo().isLeaderReady());
    // One vote is enough: the other may not even have been asked.
    assertThat(Stream.of(one, other).flatMap(voter -> voter.terms().stream()).distinct())
        .containsExactly(division.getInfo().getCurrentTerm());
  }

  /**
   * Who asks it for a vote has it look whether it leads still: a busy machine took the time of an
   * election before anything was sent.
   */
  @Test
  void shouldKeepItsOfficeWhereItsFirstStepsTakeLong() throws Exception {
    AtomicReference<CompletableFuture<Candidate.Answer>> asked = new AtomicReference<>();
    CodeInjectionForTesting.put(
        FIRST_STEPS,
        (leader, remote, more) -> {
          if (leader.equals(us.getId().toString()) && asked.get() == null) {
            asked.set(
                CompletableFuture.supplyAsync(
                    this::askForAVote, task -> new Thread(task, "candidate").start()));
            awaitLongOffice();
          }
          return true;
        });
    try {
      start(1_000);
      await().atMost(PATIENCE).until(() -> division.getInfo().isLeaderReady());
    } finally {
      CodeInjectionForTesting.remove(FIRST_STEPS);
    }
    assertThat(asked.get()).isCompletedWithValueMatching(answer -> !answer.isGranted());
    assertThat(Stream.of(one, other).flatMap(voter -> voter.terms().stream()).distinct())
        .containsExactly(division.getInfo().getCurrentTerm());
  }

  private Candidate.Answer askForAVote() {
    int port = NetUtils.createSocketAddr(us.getAddress()).getPort();
    return new Candidate(group.getGroupId().getUuid().toString(), one.peer().getId().toString(), 1)
        .ask(port, us.getId().toString(), true);
  }

  private void awaitLongOffice() {
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                server
                        .getDivision(group.getGroupId())
                        .getInfo()
                        .getRoleInfoProto()
                        .getRoleElapsedTimeMs()
                    > TIMEOUT_MILLIS + 50);
  }

  /** While its followers only count as heard, they have to hear it all the same. */
  @Test
  void shouldBeHeardFromTheBeginning() throws Exception {
    // So near to each other, that what is presumed always comes before a heartbeat is due.
    shortestMillis = 2_500;
    longestMillis = 3_000;
    start(0);
    await().atMost(PATIENCE).until(() -> division.getInfo().isLeaderReady());
    int before = one.heartbeats();
    await().atMost(PATIENCE).until(() -> one.heartbeats() >= before + 3);
    assertThat(division.getInfo().getRoleInfoProto().getRoleElapsedTimeMs())
        .isLessThan((long) LogSender.FIRST_TIMEOUTS * longestMillis);
  }

  @Test
  void shouldGiveUpItsOfficeWhereNoAnswerComes() throws Exception {
    start(SlowVoter.NEVER);
    // Nobody is taken for living who is only waited for, and nothing is served meanwhile.
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(10))
        .until(
            () ->
                division.getInfo().isLeader()
                    && silences().size() == 2
                    && silences().values().stream().allMatch(silent -> silent > TIMEOUT_MILLIS));
    assertThat(division.getInfo().isLeaderReady()).isFalse();

    await().atMost(PATIENCE).until(() -> one.terms().size() + other.terms().size() > 2);
    assertThat(division.getRaftLog().getLastCommittedIndex()).isNegative();
  }

  /**
   * It would send all of its log, or a snapshot, to followers of which it only knows nothing yet.
   */
  @Test
  void shouldGoOnWhereItWasAfterAStreamThatEndedWithoutAnAnswer() throws Exception {
    start(0);
    await().atMost(PATIENCE).until(() -> division.getInfo().isLeaderReady());
    close();
    List.of(one, other).forEach(SlowVoter::hangUp);
    open();
    await().atMost(PATIENCE).until(() -> one.hungUpOn().size() > 2);
    assertThat(one.hungUpOn()).allMatch(AppendEntriesRequestProto::hasPreviousLog);
  }

  /**
   * Followers have its first entry, and it does not know: while it waits for that, nobody gives it
   * another, and it is heard, so nobody else leads.
   */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void shouldSendAgainWhatWasNotAnswered(boolean isCut) throws Exception {
    start(0);
    await().atMost(PATIENCE).until(() -> division.getInfo().isLeaderReady());
    close();
    List.of(one, other).forEach(voter -> voter.loseAnAnswer(isCut));
    open();
    await().atMost(PATIENCE).until(() -> division.getInfo().isLeaderReady());
  }
}
