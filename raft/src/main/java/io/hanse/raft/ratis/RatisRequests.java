package io.hanse.raft.ratis;

import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.GroupManagementRequest;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.SetConfigurationRequest.Mode;
import org.apache.ratis.protocol.SnapshotManagementRequest;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.rpc.CallId;
import org.apache.ratis.server.RaftServer;

/** What is asked of this process' own Ratis server about its group, in Ratis' words. */
final class RatisRequests {
  private static final Duration GROUP_PATIENCE = Duration.ofSeconds(20);
  private static final long SNAPSHOT_MILLIS = 10_000;

  private final ClientId client = ClientId.randomId();
  private final RaftServer server;

  RatisRequests(RaftServer server) {
    this.server = server;
  }

  /** A server as it stands in the log's configuration: by a name, never by an address. */
  static RaftPeer peer(String raftId) {
    return RaftPeer.newBuilder()
        .setId(RaftPeerId.valueOf(raftId))
        .setAddress(ServerNames.nameOf(raftId))
        .build();
  }

  private static List<RaftPeer> peers(Collection<String> raftIds) {
    return raftIds.stream().sorted().map(RatisRequests::peer).toList();
  }

  void add(RaftGroup group) throws IOException {
    add(group, true);
  }

  /**
   * @param isNew whether its files are to be made; otherwise they are there
   */
  private void add(RaftGroup group, boolean isNew) throws IOException {
    await(
        server.groupManagementAsync(
            GroupManagementRequest.newAdd(
                client, server.getId(), CallId.getAndIncrement(), group, isNew)));
  }

  /** Removes the group; its files are deleted, or moved to where Ratis keeps groups that were. */
  void remove(RaftGroupId group, boolean isKept) throws IOException {
    remove(group, !isKept, isKept);
  }

  /** Lets the group go, but for its files, and takes it up again from them. */
  void reopen(RaftGroupId group) throws IOException {
    remove(group, false, false);
    add(RaftGroup.valueOf(group), false);
  }

  private void remove(RaftGroupId group, boolean isDeleted, boolean isMoved) throws IOException {
    await(
        server.groupManagementAsync(
            GroupManagementRequest.newRemove(
                client, server.getId(), CallId.getAndIncrement(), group, isDeleted, isMoved)));
  }

  private static void await(CompletableFuture<RaftClientReply> reply) throws IOException {
    try {
      RatisProblems.check(reply.get(GROUP_PATIENCE.toMillis(), TimeUnit.MILLISECONDS));
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("the Raft group can't be changed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  CompletableFuture<Void> addVoters(RaftGroupId group, Set<String> raftIds) {
    return configure(
        group,
        SetConfigurationRequest.Arguments.newBuilder()
            .setMode(Mode.ADD)
            .setServersInNewConf(peers(raftIds))
            .build());
  }

  /** Refused if the voters are not the given ones any more. */
  CompletableFuture<Void> change(
      RaftGroupId group, Collection<String> current, Collection<String> next) {
    return configure(
        group,
        SetConfigurationRequest.Arguments.newBuilder()
            .setMode(Mode.COMPARE_AND_SET)
            .setServersInCurrentConf(peers(current))
            .setServersInNewConf(peers(next))
            .build());
  }

  private CompletableFuture<Void> configure(
      RaftGroupId group, SetConfigurationRequest.Arguments arguments) {
    try {
      return settled(
          server.setConfigurationAsync(
              new SetConfigurationRequest(
                  client, server.getId(), group, CallId.getAndIncrement(), arguments)));
    } catch (IOException e) {
      return CompletableFuture.failedFuture(RatisProblems.of(e));
    }
  }

  CompletableFuture<Void> transfer(RaftGroupId group, String raftId, Duration patience) {
    try {
      return settled(
          server.transferLeadershipAsync(
              new TransferLeadershipRequest(
                  client,
                  server.getId(),
                  group,
                  CallId.getAndIncrement(),
                  RaftPeerId.valueOf(raftId),
                  patience.toMillis())));
    } catch (IOException e) {
      return CompletableFuture.failedFuture(RatisProblems.of(e));
    }
  }

  CompletableFuture<Void> snapshot(RaftGroupId group) {
    return settled(
        server.snapshotManagementAsync(
            SnapshotManagementRequest.newCreate(
                client, server.getId(), group, CallId.getAndIncrement(), SNAPSHOT_MILLIS, 1)));
  }

  private static CompletableFuture<Void> settled(CompletableFuture<RaftClientReply> reply) {
    return reply.handle(
        (answer, failure) -> {
          if (failure != null) {
            throw RatisProblems.of(failure);
          }
          RatisProblems.check(answer);
          return null;
        });
  }
}
