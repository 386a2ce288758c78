package io.hanse.raft.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.row.CommandResult;
import io.hanse.fsm.row.Entry;
import io.hanse.fsm.row.Server;
import io.hanse.raft.Problems;
import io.hanse.raft.ServerRequests;
import io.hanse.raft.transport.proto.Account;
import io.hanse.raft.transport.proto.ConfirmReply;
import io.hanse.raft.transport.proto.JoinReply;
import io.hanse.raft.transport.proto.PromiseReply;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Calls between servers over a real port. */
class ServerEndpointIT {
  private static final int CALLS = 3;
  private static final int COMMANDS = 100;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Queue<Runnable> due = new ConcurrentLinkedQueue<>();
  private final SlowRequests requests = new SlowRequests();
  private final ServerEndpoint endpoint =
      ServerEndpoint.start(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
          Optional.empty(),
          requests,
          Runnable::run,
          CALLS);
  private final ServerChannels channels =
      new ServerChannels(
          Server.newBuilder().setRaftId("caller").build(),
          PATIENCE,
          Optional.empty(),
          () -> Optional.of("group"),
          raftId ->
              Optional.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), endpoint.port())),
          due::add);

  @AfterEach
  void close() {
    channels.close();
    endpoint.close();
  }

  private CompletableFuture<Long> ask() {
    return channels.readPoint("leader", true, PATIENCE);
  }

  @Test
  void shouldRefuseOneCallTooManyAndTakeTheNextOnceOneHasEnded() throws Exception {
    List<CompletableFuture<Long>> open = new ArrayList<>();
    for (int i = 0; i < CALLS; i++) {
      open.add(ask());
    }
    await().atMost(PATIENCE).until(() -> requests.waiting.size() == CALLS);

    assertThatThrownBy(() -> ask().get(60, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOfSatisfying(
            ProblemException.class,
            refusal -> {
              assertThat(refusal.code()).isEqualTo(ProblemCode.OVERLOADED);
              assertThat(refusal)
                  .hasMessage(
                      "this server has 3 calls of other servers open, as many as it takes; try"
                          + " again");
            });
    assertThat(requests.waiting).hasSize(CALLS);
    assertThat(open).noneMatch(CompletableFuture::isDone);

    requests.waiting.remove().complete(7L);
    await().atMost(PATIENCE).until(() -> open.stream().anyMatch(CompletableFuture::isDone));
    // The other end may hear of its answer a moment before this one counts the call as ended.
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              CompletableFuture<Long> next = ask();
              await()
                  .atMost(PATIENCE)
                  .until(() -> next.isDone() || requests.waiting.size() == CALLS);
              return !next.isDone();
            });
    requests.waiting.forEach(answer -> answer.complete(8L));
    await().atMost(PATIENCE).until(() -> open.stream().allMatch(CompletableFuture::isDone));
    assertThat(open).extracting(CompletableFuture::join).containsOnly(7L, 8L);
  }

  @Test
  void shouldSendCommandsTogetherAndAnswerEachByItself() {
    List<CompletableFuture<CommandResult>> answers = new ArrayList<>();
    answers.add(forward(0));
    await().atMost(PATIENCE).until(() -> requests.forwarded.size() == 1);
    for (int i = 1; i < COMMANDS; i++) {
      answers.add(forward(i));
    }
    // One look at the queue is due for all of them.
    assertThat(due).hasSize(1);
    due.remove().run();
    await().atMost(PATIENCE).until(() -> requests.forwarded.size() == COMMANDS);

    for (long i = COMMANDS - 1; i > 0; i--) {
      requests.forwarded.get(i).complete(CommandResult.newBuilder().setIndex(i).build());
    }
    requests
        .forwarded
        .get(0L)
        .completeExceptionally(new ProblemException(ProblemCode.OVERLOADED, "full"));

    await().atMost(PATIENCE).until(() -> answers.stream().allMatch(CompletableFuture::isDone));
    for (int i = 1; i < COMMANDS; i++) {
      assertThat(answers.get(i).join().getIndex()).isEqualTo(i);
    }
    assertThat(problemOf(answers.get(0))).isEqualTo(ProblemCode.OVERLOADED);
  }

  @Test
  void shouldKnowOfACommandThatStillWaitedThatItWasNotWritten() {
    CompletableFuture<CommandResult> sent = forward(0);
    CompletableFuture<CommandResult> waiting = forward(1);

    channels.leaderIs(Optional.empty());

    assertThat(problemOf(sent)).isEqualTo(ProblemCode.COMMIT_UNKNOWN);
    assertThat(problemOf(waiting)).isEqualTo(ProblemCode.NOT_LEADER);
  }

  private CompletableFuture<CommandResult> forward(long sequence) {
    return channels.forward("leader", Entry.newBuilder().setSequence(sequence).build(), 60_000);
  }

  private static ProblemCode problemOf(CompletableFuture<CommandResult> answer) {
    assertThat(answer).isCompletedExceptionally();
    return Problems.code(answer.handle((result, failure) -> failure).join());
  }

  /** Says nothing until it is told to. */
  private static final class SlowRequests implements ServerRequests {
    final Queue<CompletableFuture<Long>> waiting = new ConcurrentLinkedQueue<>();
    final Map<Long, CompletableFuture<CommandResult>> forwarded = new ConcurrentHashMap<>();

    @Override
    public CompletableFuture<Long> readPoint(boolean isConsistent) {
      CompletableFuture<Long> answer = new CompletableFuture<>();
      waiting.add(answer);
      return answer;
    }

    @Override
    public Optional<String> groupId() {
      return Optional.of("group");
    }

    @Override
    public boolean isMember(String raftId) {
      return true;
    }

    @Override
    public CompletableFuture<CommandResult> forward(Entry entry, long patienceMillis) {
      CompletableFuture<CommandResult> answer = new CompletableFuture<>();
      forwarded.put(entry.getSequence(), answer);
      return answer;
    }

    @Override
    public CompletableFuture<JoinReply> join(Account caller) {
      throw new AssertionError("not asked for");
    }

    @Override
    public CompletableFuture<PromiseReply> promise(String callerRaftId) {
      throw new AssertionError("not asked for");
    }

    @Override
    public CompletableFuture<Void> enlist(String callerRaftId, String groupId) {
      throw new AssertionError("not asked for");
    }

    @Override
    public CompletableFuture<Void> admit(Server joiner) {
      throw new AssertionError("not asked for");
    }

    @Override
    public CompletableFuture<ConfirmReply> confirm() {
      throw new AssertionError("not asked for");
    }

    @Override
    public CompletableFuture<ByteString> ask(String name, ByteString request, Duration patience) {
      throw new AssertionError("not asked for");
    }
  }
}
