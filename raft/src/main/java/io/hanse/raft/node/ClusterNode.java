package io.hanse.raft.node;

import io.hanse.fsm.row.Server;
import io.hanse.raft.Consensus;
import io.hanse.raft.DataDirectory;
import io.hanse.raft.Fatal;
import io.hanse.raft.Launch;
import io.hanse.raft.LeaderContact;
import io.hanse.raft.RaftSettings;
import io.hanse.raft.Replica;
import io.hanse.raft.Replication;
import io.hanse.raft.ServerRequests;
import io.hanse.raft.Surroundings;
import io.hanse.raft.ratis.RatisConsensus;
import io.hanse.raft.transport.ServerChannels;
import io.hanse.raft.transport.ServerEndpoint;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;

/** Starts replication on Ratis and gRPC. The door of this module. */
public final class ClusterNode {
  private ClusterNode() {}

  /**
   * Starts this server. It forms or finds its group in the background; its ports can be used at
   * once and wait for a leader.
   *
   * @param fatal what to do when this server must not go on
   * @throws io.hanse.fsm.error.ProblemException where the data directory or an address can't be
   *     used
   */
  public static Replication start(RaftSettings settings, Replica replica, Fatal fatal)
      throws IOException {
    return Launch.start(settings, replica, fatal, new RatisOverGrpc(settings));
  }

  private record RatisOverGrpc(RaftSettings settings) implements Surroundings {
    @Override
    public void learn(Server row) {
      RatisConsensus.learn(row);
    }

    @Override
    public Dialer dialer(
        Server self,
        Supplier<Optional<String>> groupId,
        Function<String, Optional<InetSocketAddress>> addresses,
        Executor completer) {
      return new ServerChannels(
          self, settings.timing().callPatience(), settings.tls(), groupId, addresses, completer);
    }

    @Override
    public Consensus consensus(
        DataDirectory directory,
        boolean isFormed,
        Replica replica,
        LeaderContact contact,
        Consensus.Listener listener)
        throws IOException {
      return RatisConsensus.start(settings, directory, isFormed, replica, contact, listener);
    }

    @Override
    public Endpoint listen(ServerRequests requests, Executor completer) {
      return ServerEndpoint.start(settings.serversBind(), settings.tls(), requests, completer);
    }
  }
}
