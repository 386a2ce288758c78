package io.hanse.raft.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.hanse.raft.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.proto.RaftProtos.RaftRpcReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc.RaftServerProtocolServiceImplBase;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.thirdparty.io.grpc.Server;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyServerBuilder;
import org.apache.ratis.thirdparty.io.grpc.stub.StreamObserver;
import org.apache.ratis.util.TimeDuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A connection between two servers that dies without a word; new ones work. */
class SilentConnectionTest {
  private static final RaftPeerId US = RaftPeerId.valueOf("us");
  private static final RaftPeerId OTHER = RaftPeerId.valueOf("other");
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir Path folder;

  private final AtomicLong nanos = new AtomicLong();
  private Server voter;
  private Relay relay;
  private RaftServer server;
  private RatisNeighbours neighbours;

  /** Grants every vote. */
  private static final class Voter extends RaftServerProtocolServiceImplBase {
    @Override
    public void requestVote(
        RequestVoteRequestProto request, StreamObserver<RequestVoteReplyProto> answer) {
      answer.onNext(
          RequestVoteReplyProto.newBuilder()
              .setServerReply(RaftRpcReplyProto.newBuilder().setSuccess(true))
              .build());
      answer.onCompleted();
    }
  }

  @BeforeEach
  void start() throws Exception {
    voter =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(new Voter())
            .build()
            .start();
    relay = new Relay(voter.getPort());
    RaftProperties properties = new RaftProperties();
    properties.set(RaftConfigKeys.Rpc.TYPE_KEY, LogRpc.class.getName());
    RaftServerConfigKeys.setStorageDir(properties, List.of(folder.toFile()));
    RaftServerConfigKeys.Rpc.setRequestTimeout(
        properties, TimeDuration.valueOf(500, TimeUnit.MILLISECONDS));
    GrpcConfigKeys.Server.setHost(properties, "127.0.0.1");
    GrpcConfigKeys.Server.setPort(properties, FreePorts.next());
    GrpcConfigKeys.Server.setHeartbeatChannel(properties, true);
    server =
        RaftServer.newBuilder()
            .setServerId(US)
            .setProperties(properties)
            .setStateMachineRegistry(id -> new BaseStateMachine())
            .build();
    server
        .getServerRpc()
        .addRaftPeers(
            List.of(RaftPeer.newBuilder().setId(OTHER).setAddress(relay.address()).build()));
    neighbours = new RatisNeighbours(server, nanos::get);
    neighbours.listen();
  }

  @AfterEach
  void stop() throws Exception {
    neighbours.close();
    server.close();
    relay.close();
    voter.shutdownNow();
  }

  private RequestVoteReplyProto ask() throws IOException {
    return VoteQuestion.ask(server, OTHER);
  }

  private void awaitAnswer() {
    await().atMost(PATIENCE).ignoreExceptions().until(() -> ask().getServerReply().getSuccess());
  }

  @Test
  void shouldDialAnewWhoAsksForAVoteAndDoesNotAnswer() throws Exception {
    awaitAnswer();
    relay.silence();
    assertThatThrownBy(this::ask).hasMessageContaining("DEADLINE_EXCEEDED");
    assertThat(relay.taken()).as("not silent for long").isEqualTo(1);

    nanos.addAndGet(Hearing.SILENCE.toNanos());
    neighbours.asksForVote("other");
    awaitAnswer();
    assertThat(relay.taken()).isEqualTo(2);
  }

  /** Where both were cut off, neither hears of the other. */
  @Test
  void shouldDialAnewWhoLeavesItsOwnQuestionUnanswered() throws Exception {
    awaitAnswer();
    relay.silence();
    assertThatThrownBy(this::ask).hasMessageContaining("DEADLINE_EXCEEDED");

    nanos.addAndGet(Hearing.SILENCE.toNanos());
    awaitAnswer();
    assertThat(relay.taken()).isEqualTo(2);
  }

  @Test
  void shouldKeepAConnectionThatAnswersOrWasNotUsed() throws Exception {
    awaitAnswer();
    nanos.addAndGet(Duration.ofHours(1).toNanos());
    neighbours.asksForVote("other");
    awaitAnswer();
    neighbours.asksForVote("stranger");
    assertThat(relay.taken()).isEqualTo(1);
  }
}
