package io.hanse.raft.ratis;

import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.proto.RaftProtos.RaftGroupIdProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.TermIndexProto;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannel;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyChannelBuilder;

/**
 * Stands for election in the name of a server: at once, whoever leads, and with a longer log than
 * any other has.
 */
public record Candidate(String group, String raftId, long term) {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final long LAST_INDEX = 1_000_000;

  /**
   * What a server answers.
   *
   * @param term in which it is afterwards
   */
  public record Answer(boolean isGranted, long term) {}

  /** Asks the server that listens at a port of this host. */
  public Answer ask(int port, String voter, boolean isPreVote) {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    try {
      RequestVoteReplyProto reply =
          RaftServerProtocolServiceGrpc.newBlockingStub(channel)
              .withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS)
              .requestVote(question(voter, isPreVote));
      return new Answer(reply.getServerReply().getSuccess(), reply.getTerm());
    } finally {
      channel.shutdownNow();
    }
  }

  private RequestVoteRequestProto question(String voter, boolean isPreVote) {
    RaftGroupId groupId = RaftGroupId.valueOf(UUID.fromString(group));
    return RequestVoteRequestProto.newBuilder()
        .setServerRequest(
            RaftRpcRequestProto.newBuilder()
                .setRequestorId(RaftPeerId.valueOf(raftId).toByteString())
                .setReplyId(RaftPeerId.valueOf(voter).toByteString())
                .setRaftGroupId(RaftGroupIdProto.newBuilder().setId(groupId.toByteString())))
        .setCandidateTerm(term)
        .setCandidateLastEntry(TermIndexProto.newBuilder().setTerm(term - 1).setIndex(LAST_INDEX))
        .setPreVote(isPreVote)
        .build();
  }
}
