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

/** Nobody is there; tests override what they need. */
class FakePeers implements PeerCalls {
  @Override
  public CompletableFuture<CommandResult> forward(String raftId, Entry entry, long patience) {
    return CompletableFuture.failedFuture(Problems.commitUnknown());
  }

  @Override
  public CompletableFuture<JoinReply> join(InetSocketAddress address, Account account) {
    return unreachable();
  }

  @Override
  public CompletableFuture<PromiseReply> promise(String raftId) {
    return unreachable();
  }

  @Override
  public CompletableFuture<Void> enlist(String raftId, String groupId) {
    return unreachable();
  }

  @Override
  public CompletableFuture<Void> admit(String raftId, Duration patience) {
    return unreachable();
  }

  @Override
  public CompletableFuture<ConfirmReply> confirm(String raftId, Duration patience) {
    return unreachable();
  }

  @Override
  public CompletableFuture<Long> readPoint(String raftId, boolean isConsistent, Duration patience) {
    return unreachable();
  }

  @Override
  public CompletableFuture<ByteString> ask(
      String raftId, String name, ByteString request, Duration patience) {
    return unreachable();
  }

  @Override
  public void renewConnections() {}

  @Override
  public void leaderIs(Optional<String> raftId) {}

  static <T> CompletableFuture<T> unreachable() {
    return CompletableFuture.failedFuture(Problems.notLeader());
  }
}
