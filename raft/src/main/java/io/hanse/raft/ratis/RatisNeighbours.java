package io.hanse.raft.ratis;

import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerRpcWithProxy;

/** Ratis' own connections to the other servers of the group. */
final class RatisNeighbours {
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
}
