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
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Calls between servers over a real port. */
class ServerEndpointIT {
  private static final int CALLS = 3;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final SlowRequests requests = new SlowRequests();
  private final ServerEndpoint endpoint =
      ServerEndpoint.start(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
          Optional.empty(),
          requests,
          CALLS);
  private final ServerChannels channels =
      new ServerChannels(
          Server.newBuilder().setRaftId("caller").build(),
          PATIENCE,
          Optional.empty(),
          () -> Optional.of("group"),
          raftId ->
              Optional.of(
                  new InetSocketAddress(InetAddress.getLoopbackAddress(), endpoint.port())));

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

  /** Says nothing until it is told to. */
  private static final class SlowRequests implements ServerRequests {
    final Queue<CompletableFuture<Long>> waiting = new ConcurrentLinkedQueue<>();

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
      throw new AssertionError("not asked for");
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
