package io.hanse.raft.node;

import io.hanse.fsm.row.Server;
import io.hanse.raft.Consensus;
import io.hanse.raft.DataDirectory;
import io.hanse.raft.DirectoryLock;
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

/** Makes replication on Ratis and gRPC. The door of this module. */
public final class ClusterNode {
  private ClusterNode() {}

  /** The same on a data directory that the caller has taken, and gives back when all is closed. */
  public static Replication prepare(
      DirectoryLock lock, RaftSettings settings, Replica replica, Fatal fatal) throws IOException {
    return Launch.prepare(lock, settings, replica, fatal, new RatisOverGrpc(settings));
  }

  /**
   * Takes the data directory. The ports of what is made can be used at once and wait for a leader;
   * {@link Replication#open()} takes up what is in the directory and starts.
   *
   * @param fatal what to do when this server must not go on
   * @throws io.hanse.fsm.error.ProblemException where the data directory can't be used
   */
  public static Replication prepare(RaftSettings settings, Replica replica, Fatal fatal)
      throws IOException {
    return Launch.prepare(settings, replica, fatal, new RatisOverGrpc(settings));
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
      return RatisConsensus.of(settings, directory, isFormed, replica, contact, listener);
    }

    @Override
    public Endpoint listen(ServerRequests requests, Executor completer) {
      return ServerEndpoint.start(settings.serversBind(), settings.tls(), requests, completer);
    }
  }
}
