package io.hanse.raft.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.raft.LeaderContact;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.ratis.grpc.GrpcUtil;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotReplyProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto.SnapshotChunkProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotResult;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftGroupIdProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcReplyProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.MethodDescriptor;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.StatusRuntimeException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ServerGateTest {
  private static final long FLUSHED = 41;
  private static final TermIndex HELD = TermIndex.valueOf(3, 30);

  private final LeaderContact contact = new LeaderContact(() -> 0);
  private final List<String> candidates = new ArrayList<>();
  private final List<AppendEntriesRequestProto> heartbeats = new ArrayList<>();
  private final ServerGate gate = new ServerGate("us", contact, new Log(), candidates::add);
  private final AnyCall<RequestVoteRequestProto, RequestVoteReplyProto> call =
      new AnyCall<>(RaftServerProtocolServiceGrpc.getRequestVoteMethod());

  /** Lets a vote be asked for, which is answered like this. */
  private void ask(String whom, RequestVoteReplyProto answer) {
    ServerCall.Listener<RequestVoteRequestProto> listener =
        gate.interceptCall(
            call,
            new Metadata(),
            (passed, headers) ->
                new ServerCall.Listener<RequestVoteRequestProto>() {
                  @Override
                  public void onMessage(RequestVoteRequestProto message) {
                    passed.sendMessage(answer);
                  }
                });
    listener.onMessage(
        RequestVoteRequestProto.newBuilder()
            .setServerRequest(
                RaftRpcRequestProto.newBuilder()
                    .setRequestorId(ByteString.copyFromUtf8("candidate"))
                    .setReplyId(ByteString.copyFromUtf8(whom)))
            .setPreVote(true)
            .build());
  }

  /** A newcomer that asks between two configurations would close its group, and stay closed. */
  @Test
  void shouldKeepTheWordToCloseBack() {
    RequestVoteReplyProto refusal =
        RequestVoteReplyProto.newBuilder().setTerm(7).setShouldShutdown(true).build();
    ask("us", refusal);
    assertThat(call.sent).containsExactly(refusal.toBuilder().setShouldShutdown(false).build());
    assertThat(contact.grantedPreVoteWithin(1)).isFalse();
  }

  @Test
  void shouldPassAVoteOnAndNoteIt() {
    RequestVoteReplyProto granted =
        RequestVoteReplyProto.newBuilder()
            .setServerReply(RaftRpcReplyProto.newBuilder().setSuccess(true))
            .build();
    ask("us", granted);
    assertThat(call.sent).containsExactly(granted);
    assertThat(contact.grantedPreVoteWithin(1)).isTrue();
    assertThat(candidates).containsExactly("candidate");
  }

  @Test
  void shouldRefuseWhatIsMeantForAnother() {
    ask("another", RequestVoteReplyProto.getDefaultInstance());
    assertThat(call.sent).isEmpty();
    assertThat(call.closed).containsExactly(Status.Code.UNAVAILABLE);
    assertThat(candidates).isEmpty();
  }

  /** Lets entries be appended, which the log takes like this. */
  private ServerCall.Listener<AppendEntriesRequestProto> appends(
      AnyCall<AppendEntriesRequestProto, AppendEntriesReplyProto> to,
      Consumer<ServerCall<AppendEntriesRequestProto, AppendEntriesReplyProto>> log) {
    return gate.interceptCall(
        to,
        new Metadata(),
        (passed, headers) ->
            new ServerCall.Listener<AppendEntriesRequestProto>() {
              @Override
              public void onMessage(AppendEntriesRequestProto message) {
                log.accept(passed);
              }
            });
  }

  private static AppendEntriesRequestProto entries() {
    return AppendEntriesRequestProto.newBuilder()
        .setServerRequest(
            RaftRpcRequestProto.newBuilder().setReplyId(ByteString.copyFromUtf8("us")))
        .addEntries(LogEntryProto.getDefaultInstance())
        .build();
  }

  private static AppendEntriesReplyProto upTo(long index, boolean isHeartbeat) {
    return AppendEntriesReplyProto.newBuilder()
        .setServerReply(
            RaftRpcReplyProto.newBuilder()
                .setCallId(5)
                .setRaftGroupId(
                    RaftGroupIdProto.newBuilder().setId(RaftGroupId.randomId().toByteString())))
        .setMatchIndex(index)
        .setIsHearbeat(isHeartbeat)
        .build();
  }

  @Test
  void shouldPassOnWhatTheDiskHas() {
    AnyCall<AppendEntriesRequestProto, AppendEntriesReplyProto> to = appendCall();
    appends(to, passed -> passed.sendMessage(upTo(FLUSHED, false))).onMessage(entries());
    assertThat(to.sent).extracting(AppendEntriesReplyProto::getMatchIndex).containsExactly(FLUSHED);
    assertThat(to.closed).isEmpty();
  }

  /** A second copy of entries is nothing to write, and would be answered before the first one. */
  @Test
  void shouldKeepBackAnAnswerThatIsAheadOfTheDisk() {
    AnyCall<AppendEntriesRequestProto, AppendEntriesReplyProto> to = appendCall();
    ServerCall.Listener<AppendEntriesRequestProto> listener =
        appends(
            to,
            passed -> {
              passed.sendMessage(upTo(FLUSHED + 1, false));
              passed.sendMessage(upTo(FLUSHED, false));
              passed.close(Status.OK, new Metadata());
            });
    listener.onMessage(entries());
    listener.onMessage(entries());
    assertThat(to.sent).isEmpty();
    assertThat(to.closed).hasSize(1);
    // The leader finds by it what to send again.
    assertThat(GrpcUtil.getCallId(to.ended())).isEqualTo(5);
  }

  @Test
  void shouldPassOnTheAnswerToAHeartbeat() {
    AnyCall<AppendEntriesRequestProto, AppendEntriesReplyProto> to = appendCall();
    appends(to, passed -> passed.sendMessage(upTo(FLUSHED + 1, true))).onMessage(entries());
    assertThat(to.sent).hasSize(1);
  }

  @Test
  void shouldLetOneAppendAtATimeIntoTheLog() throws Exception {
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger together = new AtomicInteger();
    List<Thread> leaders = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      ServerCall.Listener<AppendEntriesRequestProto> listener =
          appends(
              appendCall(),
              passed -> {
                together.accumulateAndGet(inside.incrementAndGet(), Math::max);
                Thread.onSpinWait();
                inside.decrementAndGet();
              });
      Thread leader =
          new Thread(
              () -> {
                for (int n = 0; n < 500; n++) {
                  listener.onMessage(entries());
                }
              });
      leader.start();
      leaders.add(leader);
    }
    for (Thread leader : leaders) {
      leader.join(20_000);
      assertThat(leader.isAlive()).isFalse();
    }
    assertThat(together).hasValue(1);
  }

  /** Lets a snapshot of two chunks come that ends at the entry; answers what Ratis got of it. */
  private List<Integer> install(
      AnyCall<InstallSnapshotRequestProto, InstallSnapshotReplyProto> to, TermIndex end) {
    List<Integer> passedOn = new ArrayList<>();
    ServerCall.Listener<InstallSnapshotRequestProto> listener =
        gate.interceptCall(
            to,
            new Metadata(),
            (passed, headers) ->
                new ServerCall.Listener<InstallSnapshotRequestProto>() {
                  @Override
                  public void onMessage(InstallSnapshotRequestProto message) {
                    passedOn.add(message.getSnapshotChunk().getRequestIndex());
                  }
                });
    for (int chunk = 0; chunk < 2; chunk++) {
      listener.onMessage(
          InstallSnapshotRequestProto.newBuilder()
              .setServerRequest(
                  RaftRpcRequestProto.newBuilder()
                      .setReplyId(ByteString.copyFromUtf8("us"))
                      .setRaftGroupId(
                          RaftGroupIdProto.newBuilder()
                              .setId(RaftGroupId.randomId().toByteString())))
              .setLeaderTerm(9)
              .setSnapshotChunk(
                  SnapshotChunkProto.newBuilder()
                      .setTermIndex(end.toProto())
                      .setRequestIndex(chunk)
                      .setDone(chunk == 1))
              .build());
    }
    return passedOn;
  }

  /** Ratis would take it, and close the group at the next entry. */
  @Test
  void shouldTakeNoSnapshotThatEndsWithinTheLog() {
    AnyCall<InstallSnapshotRequestProto, InstallSnapshotReplyProto> to = installCall();
    assertThat(install(to, HELD)).isEmpty();
    assertThat(to.sent)
        .allMatch(reply -> reply.getResult() == InstallSnapshotResult.SUCCESS)
        .extracting(InstallSnapshotReplyProto::getRequestIndex)
        .containsExactly(0, 1);
    assertThat(to.headers).isEqualTo(1);
    assertThat(to.requested).isEqualTo(2);
    assertThat(contact.lastLeader()).isPresent();
    assertThat(heartbeats)
        .hasSize(2)
        .allSatisfy(
            heartbeat -> {
              assertThat(heartbeat.getLeaderTerm()).isEqualTo(9);
              assertThat(heartbeat.getLeaderCommit()).isEqualTo(HELD.getIndex());
              assertThat(TermIndex.valueOf(heartbeat.getPreviousLog())).isEqualTo(HELD);
            });
  }

  @Test
  void shouldPassOnASnapshotOfAnotherLog() {
    AnyCall<InstallSnapshotRequestProto, InstallSnapshotReplyProto> to = installCall();
    assertThat(install(to, TermIndex.valueOf(HELD.getTerm() + 1, HELD.getIndex())))
        .containsExactly(0, 1);
    assertThat(to.sent).isEmpty();
  }

  private static AnyCall<InstallSnapshotRequestProto, InstallSnapshotReplyProto> installCall() {
    return new AnyCall<>(RaftServerProtocolServiceGrpc.getInstallSnapshotMethod());
  }

  private static AnyCall<AppendEntriesRequestProto, AppendEntriesReplyProto> appendCall() {
    return new AnyCall<>(RaftServerProtocolServiceGrpc.getAppendEntriesMethod());
  }

  private final class Log implements ServerGate.DurableLog {
    @Override
    public long flushed(RaftGroupId group) {
      return FLUSHED;
    }

    @Override
    public boolean holds(RaftGroupId group, TermIndex entry) {
      // It may be purged from one chunk to the next.
      return entry.equals(HELD) && heartbeats.isEmpty();
    }

    @Override
    public void hear(AppendEntriesRequestProto heartbeat) {
      heartbeats.add(heartbeat);
    }
  }

  private static final class AnyCall<Q, A> extends ServerCall<Q, A> {
    final List<A> sent = new ArrayList<>();
    final List<Status.Code> closed = new ArrayList<>();
    private final MethodDescriptor<Q, A> method;
    private int requested;
    private int headers;
    private @Nullable StatusRuntimeException ended;

    AnyCall(MethodDescriptor<Q, A> method) {
      this.method = method;
    }

    StatusRuntimeException ended() {
      return Objects.requireNonNull(ended);
    }

    @Override
    public void request(int count) {
      requested += count;
    }

    @Override
    public void sendHeaders(Metadata sent) {
      headers++;
    }

    @Override
    public void sendMessage(A message) {
      sent.add(message);
    }

    @Override
    public void close(Status status, Metadata trailers) {
      closed.add(status.getCode());
      ended = new StatusRuntimeException(status, trailers);
    }

    @Override
    public boolean isCancelled() {
      return false;
    }

    @Override
    public MethodDescriptor<Q, A> getMethodDescriptor() {
      return method;
    }
  }
}
