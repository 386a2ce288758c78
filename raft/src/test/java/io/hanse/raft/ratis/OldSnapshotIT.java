package io.hanse.raft.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hanse.raft.FreePorts;
import io.hanse.raft.LeaderContact;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.FileChunkProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotReplyProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto.SnapshotChunkProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotResult;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftGroupIdProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.StateMachineLogEntryProto;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannel;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyChannelBuilder;
import org.apache.ratis.thirdparty.io.grpc.stub.StreamObserver;
import org.apache.ratis.util.TimeDuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A follower that knows little to be committed, and a leader that takes its log for a short one.
 */
class OldSnapshotIT {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int ENTRIES = 20;
  private static final TermIndex SNAPSHOT = TermIndex.valueOf(1, 12);

  @TempDir Path folder;

  private final RaftGroupId id = RaftGroupId.randomId();
  private final ClientId client = ClientId.randomId();
  private RaftServer server;
  private RaftServer.Division division;
  private ManagedChannel channel;
  private Answers<AppendEntriesReplyProto> appended;
  private StreamObserver<AppendEntriesRequestProto> appends;
  private long call;

  @BeforeEach
  void start() throws IOException {
    int port = FreePorts.next();
    RaftProperties properties = new RaftProperties();
    properties.set(RaftConfigKeys.Rpc.TYPE_KEY, LogRpc.class.getName());
    RaftServerConfigKeys.setStorageDir(properties, List.of(folder.toFile()));
    // Nobody else stands for election.
    TimeDuration timeout = TimeDuration.valueOf(PATIENCE.toMillis() * 3, TimeUnit.MILLISECONDS);
    RaftServerConfigKeys.Rpc.setTimeoutMin(properties, timeout);
    RaftServerConfigKeys.Rpc.setTimeoutMax(properties, timeout);
    GrpcConfigKeys.Server.setHost(properties, "127.0.0.1");
    GrpcConfigKeys.Server.setPort(properties, port);
    Parameters parameters = new Parameters();
    LeaderContact contact = new LeaderContact(System::nanoTime);
    ServerGate gate =
        new ServerGate("us", contact, new DivisionLogs(() -> server), candidate -> {});
    GrpcConfigKeys.Server.setServicesCustomizer(
        parameters, (builder, types) -> builder.intercept(gate));
    RaftGroup group =
        RaftGroup.valueOf(id, List.of(peer("us", port), peer("leader", 1), peer("other", 2)));
    server =
        RaftServer.newBuilder()
            .setServerId(RaftPeerId.valueOf("us"))
            .setGroup(group)
            .setProperties(properties)
            .setParameters(parameters)
            .setStateMachineRegistry(any -> new BaseStateMachine())
            .build();
    server.start();
    division = server.getDivision(id);
    channel = NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    appended = new Answers<>();
    appends = RaftServerProtocolServiceGrpc.newStub(channel).appendEntries(appended);
  }

  @AfterEach
  void stop() throws IOException {
    channel.shutdownNow();
    server.close();
  }

  private static RaftPeer peer(String name, int port) {
    return RaftPeer.newBuilder()
        .setId(RaftPeerId.valueOf(name))
        .setAddress("127.0.0.1:" + port)
        .build();
  }

  private RaftRpcRequestProto request() {
    return RaftRpcRequestProto.newBuilder()
        .setRequestorId(ByteString.copyFromUtf8("leader"))
        .setReplyId(ByteString.copyFromUtf8("us"))
        .setRaftGroupId(RaftGroupIdProto.newBuilder().setId(id.toByteString()))
        .setCallId(call++)
        .build();
  }

  /** Entries from this one on, of the first term; none of them is said to be committed. */
  private void append(long leaderTerm, long first, int count) {
    AppendEntriesRequestProto.Builder request =
        AppendEntriesRequestProto.newBuilder()
            .setServerRequest(request())
            .setLeaderTerm(leaderTerm)
            .setLeaderCommit(-1);
    if (first > 0) {
      request.setPreviousLog(TermIndex.valueOf(1, first - 1).toProto());
    }
    for (int i = 0; i < count; i++) {
      request.addEntries(
          LogEntryProto.newBuilder()
              .setTerm(leaderTerm)
              .setIndex(first + i)
              .setStateMachineLogEntry(
                  StateMachineLogEntryProto.newBuilder()
                      .setClientId(client.toByteString())
                      .setCallId(first + i)
                      .setLogData(ByteString.copyFromUtf8("entry " + (first + i)))));
    }
    appends.onNext(request.build());
  }

  private InstallSnapshotRequestProto snapshot(long leaderTerm) throws NoSuchAlgorithmException {
    ByteString content = ByteString.copyFrom("state", StandardCharsets.UTF_8);
    return InstallSnapshotRequestProto.newBuilder()
        .setServerRequest(request())
        .setLeaderTerm(leaderTerm)
        .setSnapshotChunk(
            SnapshotChunkProto.newBuilder()
                .setRequestId("snapshot")
                .setTermIndex(SNAPSHOT.toProto())
                .setTotalSize(content.size())
                .setDone(true)
                .addFileChunks(
                    FileChunkProto.newBuilder()
                        .setFilename("sm/snapshot.1_12")
                        .setTotalSize(content.size())
                        .setFileDigest(
                            ByteString.copyFrom(
                                MessageDigest.getInstance("MD5").digest(content.toByteArray())))
                        .setData(content)
                        .setDone(true)))
        .build();
  }

  @Test
  void shouldKeepItsLogAndGoOnBehindIt() throws Exception {
    append(1, 0, ENTRIES);
    await().atMost(PATIENCE).until(() -> appended.size() == 1);
    assertThat(division.getRaftLog().getLastCommittedIndex()).isLessThan(SNAPSHOT.getIndex());

    Answers<InstallSnapshotReplyProto> installed = new Answers<>();
    StreamObserver<InstallSnapshotRequestProto> chunks =
        RaftServerProtocolServiceGrpc.newStub(channel).installSnapshot(installed);
    chunks.onNext(snapshot(2));
    chunks.onCompleted();
    installed.end.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertThat(installed.all())
        .extracting(InstallSnapshotReplyProto::getResult)
        .containsExactly(InstallSnapshotResult.SUCCESS);
    // By the same word the follower has the leader, its term, and what it committed.
    await()
        .atMost(PATIENCE)
        .until(() -> division.getRaftLog().getLastCommittedIndex() == SNAPSHOT.getIndex());
    assertThat(division.getInfo().getLeaderId()).isEqualTo(RaftPeerId.valueOf("leader"));
    assertThat(division.getInfo().getCurrentTerm()).isEqualTo(2);

    append(2, ENTRIES, 1);
    await().atMost(PATIENCE).until(() -> appended.size() == 2);
    assertThat(appended.all().get(1).getResult()).isEqualTo(AppendResult.SUCCESS);
    assertThat(appended.all().get(1).getMatchIndex()).isEqualTo(ENTRIES);
    assertThat(division.getInfo().isAlive()).isTrue();
    assertThat(division.getRaftLog().getLastEntryTermIndex())
        .isEqualTo(TermIndex.valueOf(2, ENTRIES));
  }

  private static final class Answers<A> implements StreamObserver<A> {
    private final Queue<A> all = new ConcurrentLinkedQueue<>();
    private final CompletableFuture<Void> end = new CompletableFuture<>();

    int size() {
      return all.size();
    }

    List<A> all() {
      return new ArrayList<>(all);
    }

    @Override
    public void onNext(A answer) {
      all.add(answer);
    }

    @Override
    public void onError(Throwable failure) {
      end.completeExceptionally(failure);
    }

    @Override
    public void onCompleted() {
      end.complete(null);
    }
  }
}
