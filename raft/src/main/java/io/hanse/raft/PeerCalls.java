package io.hanse.raft;

import com.google.protobuf.ByteString;
import io.hanse.fsm.row.CommandResult;
import io.hanse.fsm.row.Entry;
import io.hanse.raft.transport.proto.Account;
import io.hanse.raft.transport.proto.ConfirmReply;
import io.hanse.raft.transport.proto.JoinReply;
import io.hanse.raft.transport.proto.PromiseReply;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Calls to the other servers. All fail with a {@link io.hanse.fsm.error.ProblemException}: that of
 * the other server, {@code NOT_LEADER} where it can't be reached, {@code DEADLINE_EXCEEDED}.
 */
public interface PeerCalls {
  /**
   * Hands a command to the leader.
   *
   * @return its result; fails with {@code COMMIT_UNKNOWN} where the way to the leader broke
   */
  CompletableFuture<CommandResult> forward(String raftId, Entry entry, long patienceMillis);

  CompletableFuture<JoinReply> join(InetSocketAddress address, Account account);

  CompletableFuture<PromiseReply> promise(String raftId);

  CompletableFuture<Void> enlist(String raftId, String groupId);

  CompletableFuture<Void> admit(String raftId, Duration patience);

  CompletableFuture<ConfirmReply> confirm(String raftId, Duration patience);

  CompletableFuture<Long> readPoint(String raftId, boolean isConsistent, Duration patience);

  CompletableFuture<ByteString> ask(
      String raftId, String name, ByteString request, Duration patience);

  /** Gives up the ways to former leaders: what is out there may never be answered. */
  void leaderIs(Optional<String> raftId);

  /** Makes new connections: those there are rest on what is trusted no more. */
  void renewConnections();
}
