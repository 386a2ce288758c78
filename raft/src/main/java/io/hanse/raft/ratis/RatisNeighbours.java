package io.hanse.raft.ratis;

import java.io.IOException;
import java.lang.reflect.Method;
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

  private static final String RESET = "resetConnectBackoff";

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
   * Ends the wait before a server is dialed again, if its connection failed. After each failure
   * gRPC waits longer, and what is asked meanwhile fails at once: of two servers that are back, the
   * one whose log is behind would ask for votes and get none, and the other one's question not
   * reach it.
   */
  void dialNow(String raftId) {
    RaftPeerId peer = RaftPeerId.valueOf(raftId);
    if (!(server.getServerRpc() instanceof RaftServerRpcWithProxy<?, ?> rpc)) {
      return;
    }
    try {
      // Ratis does so itself for a follower of a leader, by a class that it does not show.
      Object proxy = rpc.getProxies().getProxy(peer);
      Method reset = proxy.getClass().getMethod(RESET);
      reset.setAccessible(true);
      reset.invoke(proxy);
    } catch (IOException | ReflectiveOperationException | RuntimeException e) {
      // Also of one that the configuration does not name yet.
      LOG.debug("not dialed anew server={}", raftId, e);
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
