package io.hanse.raft;

import io.hanse.fsm.row.Server;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;

/** What replication is built on, and does not know: the Raft library and the network. */
public interface Surroundings {
  /** Calls to the other servers. */
  interface Dialer extends PeerCalls, AutoCloseable {
    @Override
    void close();
  }

  /** Where the other servers' calls arrive. */
  interface Endpoint extends AutoCloseable {
    @Override
    void close();
  }

  /** A server has a new address. */
  void learn(Server row);

  /**
   * What calls the other servers.
   *
   * @param completer where commands that come together are sent together
   */
  Dialer dialer(
      Server self,
      Supplier<Optional<String>> groupId,
      Function<String, Optional<InetSocketAddress>> addresses,
      Executor completer);

  /** The library, which is to be opened, on the group that is in the directory, if there is one. */
  Consensus consensus(
      DataDirectory directory,
      boolean isFormed,
      Replica replica,
      LeaderContact contact,
      Consensus.Listener listener)
      throws IOException;

  /**
   * Takes the other servers' calls.
   *
   * @param completer where answers to commands are given, and sent together
   */
  Endpoint listen(ServerRequests requests, Executor completer);
}
