package io.hanse.raft.ratis;

import java.io.IOException;
import org.apache.ratis.proto.RaftProtos.RaftGroupIdProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;

/** The question of a server of Ratis for a vote, in a group that nobody knows. */
final class VoteQuestion {
  private VoteQuestion() {}

  static RequestVoteReplyProto ask(RaftServer from, RaftPeerId voter) throws IOException {
    return from.getServerRpc()
        .requestVote(
            RequestVoteRequestProto.newBuilder()
                .setServerRequest(
                    RaftRpcRequestProto.newBuilder()
                        .setRequestorId(from.getId().toByteString())
                        .setReplyId(voter.toByteString())
                        .setRaftGroupId(
                            RaftGroupIdProto.newBuilder()
                                .setId(RaftGroupId.randomId().toByteString())))
                .build());
  }
}
