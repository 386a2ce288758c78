package io.hanse.raft.ratis;

import io.hanse.fsm.row.BatchResult;
import io.hanse.raft.Consensus;
import io.hanse.raft.DurableFiles;
import io.hanse.raft.Replica;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.util.LifeCycle;
import org.jspecify.annotations.Nullable;

/**
 * Between Ratis' callbacks and the replica; decides nothing. Bytes in, bytes out. Each method says
 * on which thread Ratis calls it; those that hold the server's lock only hand over.
 */
final class RatisStateMachine extends BaseStateMachine {
  /** Before the first log index. */
  static final long NOTHING = -1;

  private final SnapshotFolder storage = new SnapshotFolder();
  private final Replica replica;
  private final Consensus.Listener listener;
  private final DurableFiles sync;
  private final SnapshotKeeper snapshots;
  private @Nullable RaftStorage raftStorage;
  private final AtomicLong appliedBytes = new AtomicLong();
  private final AtomicLong reached;

  /** What the replica had when this group was opened again: it is not applied twice. */
  private long known = NOTHING;

  /**
   * @param reached the last log index that the replica has; outlives this object
   */
  RatisStateMachine(
      Replica replica,
      Consensus.Listener listener,
      DurableFiles sync,
      Executor snapshotWriter,
      AtomicLong reached) {
    this.replica = replica;
    this.listener = listener;
    this.sync = sync;
    this.reached = reached;
    this.snapshots = new SnapshotKeeper(storage, replica, sync, snapshotWriter);
  }

  /** Bytes of log that were applied since the start. */
  long appliedBytes() {
    return appliedBytes.get();
  }

  int restores() {
    return replica.restores();
  }

  /** The log index of the newest snapshot; negative if there is none. */
  long snapshotIndex() {
    return snapshots.finishedIndex();
  }

  long snapshotBytes() {
    return snapshots.finishedBytes();
  }

  /** The starting thread, before the server reads its vote. */
  @Override
  public void initialize(RaftServer server, RaftGroupId group, RaftStorage raft)
      throws IOException {
    super.initialize(server, group, raft);
    raftStorage = raft;
    getLifeCycle()
        .startAndTransition(
            () -> {
              DurableMetadata.install(raft, sync);
              known = reached.get();
              TermIndex at =
                  snapshots.loadNewest(raft.getStorageDir().getStateMachineDir().toPath(), known);
              LogDamage.requireNoGap(
                  raft.getStorageDir().getCurrentDir().toPath(), at == null ? -1 : at.getIndex());
              loaded(at);
              storage.init(raft);
            },
            IOException.class);
  }

  private void loaded(@Nullable TermIndex at) {
    if (at != null) {
      setLastAppliedTermIndex(at);
      applied(at.getIndex());
    }
  }

  private void applied(long index) {
    if (index > known) {
      reached.set(index);
      listener.applied(index);
    }
  }

  /** The apply thread, in log order. Only the leader's answer is used, so only it is built. */
  @Override
  public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
    LogEntryProto entry = transaction.getLogEntry();
    if (entry.getIndex() <= known) {
      updateLastAppliedTermIndex(TermIndex.valueOf(entry));
      return CompletableFuture.completedFuture(Message.EMPTY);
    }
    ByteString batch = entry.getStateMachineLogEntry().getLogData();
    BatchResult result;
    try {
      result = replica.apply(entry.getIndex(), batch.asReadOnlyByteBuffer());
    } catch (RuntimeException e) {
      listener.failed("log entry " + entry.getIndex() + " can't be applied", e);
      throw e;
    }
    appliedBytes.addAndGet(batch.size());
    updateLastAppliedTermIndex(TermIndex.valueOf(entry));
    applied(entry.getIndex());
    boolean isAsked = transaction.getServerRole() == RaftPeerRole.LEADER;
    return CompletableFuture.completedFuture(isAsked ? new ResultMessage(result) : Message.EMPTY);
  }

  /** The apply thread, for entries of Ratis itself. */
  @Override
  public void notifyTermIndexUpdated(long term, long index) {
    updateLastAppliedTermIndex(term, index);
    applied(index);
  }

  /** The apply thread; after a received snapshot a thread of gRPC. */
  @Override
  public void notifyConfigurationChanged(
      long term, long index, RaftConfigurationProto configuration) {
    try {
      // The file beside the vote lacks the same fsync.
      sync.folder(requireStorage().getStorageDir().getCurrentDir().toPath());
    } catch (IOException e) {
      listener.failed("the configuration can't be forced to the disk", e);
      throw new UncheckedIOException(e);
    }
    if (configuration.getOldPeersList().isEmpty()) {
      Set<String> voters =
          configuration.getPeersList().stream()
              .map(peer -> peer.getId().toStringUtf8())
              .collect(Collectors.toSet());
      listener.configurationCommitted(voters);
    }
  }

  /** The apply thread. While it passes over what the replica has, the replica is further. */
  @Override
  public long takeSnapshot() {
    TermIndex at = getLastAppliedTermIndex();
    return at.getIndex() < known ? snapshots.finishedIndex() : snapshots.take(at);
  }

  /** A thread of gRPC under the server's lock: the last chunk of a snapshot has come. */
  @Override
  public void pause() {
    getLifeCycle().transition(LifeCycle.State.PAUSING);
    getLifeCycle().transition(LifeCycle.State.PAUSED);
    try {
      snapshots.forceReceived(requireStorage().getStorageDir());
    } catch (IOException e) {
      listener.failed("a received snapshot can't be forced to the disk", e);
      throw new UncheckedIOException(e);
    }
  }

  /** The apply thread: the received snapshot is in place. */
  @Override
  public void reinitialize() throws IOException {
    known = NOTHING;
    try {
      loaded(snapshots.loadReceived(requireStorage().getStorageDir()));
    } catch (IOException | RuntimeException e) {
      listener.failed("a received snapshot can't be loaded", e);
      throw e;
    }
    if (getLifeCycleState() == LifeCycle.State.PAUSED) {
      getLifeCycle().transition(LifeCycle.State.STARTING);
      getLifeCycle().transition(LifeCycle.State.RUNNING);
    }
  }

  @Override
  public StateMachineStorage getStateMachineStorage() {
    return storage;
  }

  /** A thread of RPC under the server's lock. */
  @Override
  public void notifyLeaderChanged(RaftGroupMemberId member, RaftPeerId leader) {
    listener.standingChanged();
  }

  /** The apply thread: all that was committed before this term is applied. */
  @Override
  public void notifyLeaderReady() {
    listener.standingChanged();
  }

  /** A thread of RPC or events under the server's lock; the pending futures have failed. */
  @Override
  public void notifyNotLeader(Collection<TransactionContext> pending) {
    listener.standingChanged();
  }

  /** The log's writer: the log refuses for good from now on, while the server goes on. */
  @Override
  public void notifyLogFailed(Throwable cause, LogEntryProto entry) {
    listener.failed("the log can't be written", cause);
  }

  private RaftStorage requireStorage() {
    return Objects.requireNonNull(raftStorage);
  }
}
