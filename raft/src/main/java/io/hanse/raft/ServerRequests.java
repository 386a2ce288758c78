package io.hanse.raft;

import com.google.protobuf.ByteString;
import io.hanse.fsm.row.CommandResult;
import io.hanse.fsm.row.Entry;
import io.hanse.fsm.row.Server;
import io.hanse.raft.transport.proto.Account;
import io.hanse.raft.transport.proto.ConfirmReply;
import io.hanse.raft.transport.proto.JoinReply;
import io.hanse.raft.transport.proto.PromiseReply;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What this server answers to the other servers. The counterpart of {@link PeerCalls}. */
public interface ServerRequests {
  /** The group of this server: callers of another one are refused. */
  Optional<String> groupId();

  /** Whether a server of this group may ask anything; a leader says no to one that was removed. */
  boolean isMember(String raftId);

  CompletableFuture<CommandResult> forward(Entry entry, long patienceMillis);

  CompletableFuture<JoinReply> join(Account caller);

  CompletableFuture<PromiseReply> promise(String callerRaftId);

  CompletableFuture<Void> enlist(String callerRaftId, String groupId);

  CompletableFuture<Void> admit(Server joiner);

  CompletableFuture<ConfirmReply> confirm();

  CompletableFuture<Long> readPoint(boolean isConsistent);

  CompletableFuture<ByteString> ask(String name, ByteString request, Duration patience);
}
