package io.hanse.raft.ratis;

import java.io.IOException;
import org.apache.ratis.proto.RaftProtos.RaftGroupIdProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.TermIndexProto;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.rpc.CallId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerRpcWithProxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ratis' own connections to the other servers of the group. */
final class RatisNeighbours {
  private static final Logger LOG = LoggerFactory.getLogger(RatisNeighbours.class);

  private final RaftServer server;

  RatisNeighbours(RaftServer server) {
    this.server = server;
  }

  /** Closes them; the next call makes new ones. */
  void renew(RaftServer.Division division) {
    if (server.getServerRpc() instanceof RaftServerRpcWithProxy<?, ?> rpc) {
      for (RaftPeer peer : division.getRaftConf().getAllPeers()) {
        if (!peer.getId().equals(server.getId())) {
          rpc.getProxies().resetProxy(peer.getId());
        }
      }
    }
  }

  /**
   * Asks each other voter for a pre-vote that it can only refuse, having more in its log than
   * nothing. Followers have no other reason to talk to each other: without, the first election
   * finds no connection and code that never ran, and is over before either is there. Blocks while
   * they answer.
   */
  void rehearseVote(RaftServer.Division division) {
    for (RaftPeer peer : division.getRaftConf().getCurrentPeers()) {
      if (peer.getId().equals(server.getId())) {
        continue;
      }
      try {
        server.getServerRpc().requestVote(hopeless(division, peer.getId()));
      } catch (IOException e) {
        LOG.debug("no vote rehearsed with={}", peer.getId(), e);
      }
    }
  }

  private static RequestVoteRequestProto hopeless(RaftServer.Division division, RaftPeerId voter) {
    return RequestVoteRequestProto.newBuilder()
        .setServerRequest(
            RaftRpcRequestProto.newBuilder()
                .setRequestorId(division.getId().toByteString())
                .setReplyId(voter.toByteString())
                .setRaftGroupId(
                    RaftGroupIdProto.newBuilder()
                        .setId(division.getMemberId().getGroupId().toByteString()))
                .setCallId(CallId.getAndIncrement()))
        .setCandidateTerm(0)
        .setCandidateLastEntry(TermIndexProto.getDefaultInstance())
        .setPreVote(true)
        .build();
  }
}
