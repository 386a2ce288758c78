package io.hanse.raft.ratis;

import io.hanse.fsm.row.Batch;
import io.hanse.fsm.row.BatchResult;
import io.hanse.fsm.row.Server;
import io.hanse.raft.Consensus;
import io.hanse.raft.DataDirectory;
import io.hanse.raft.LeaderContact;
import io.hanse.raft.Problems;
import io.hanse.raft.RaftSettings;
import io.hanse.raft.Replica;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.server.RaftServer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One server of Ratis with at most one group. */
public final class RatisConsensus implements Consensus {
  private static final byte[] NO_COMMANDS =
      Batch.newBuilder().setTimeMillis(1).build().toByteArray();

  private static final Logger LOG = LoggerFactory.getLogger(RatisConsensus.class);

  private final DivisionPort port = new DivisionPort();
  private final ServerLaunch launch;
  private final SnapshotPace snapshots;
  private final Listener listener;

  private volatile @Nullable Running running;
  private volatile @Nullable RatisGroup group;

  private RatisConsensus(ServerLaunch launch, RaftSettings.Limits limits, Listener listener) {
    this.launch = launch;
    snapshots = new SnapshotPace(limits.snapshotLogBytes());
    this.listener = listener;
  }

  /** The server, from its start on, and what is asked of it. */
  private record Running(RaftServer server, RatisRequests requests, RatisNeighbours neighbours) {
    Running(RaftServer server, RatisNeighbours neighbours) {
      this(server, new RatisRequests(server), neighbours);
    }
  }

  /**
   * Refuses what can't be started from; nothing of the library runs yet.
   *
   * @param isFormed whether the group in the directory, if there is one, was complete once
   */
  public static RatisConsensus of(
      RaftSettings settings,
      DataDirectory directory,
      boolean isFormed,
      Replica replica,
      LeaderContact contact,
      Listener listener)
      throws IOException {
    LostState.refuse(directory.groups());
    return new RatisConsensus(
        new ServerLaunch(settings, directory, isFormed, replica, contact, listener),
        settings.limits(),
        listener);
  }

  @Override
  public void open() throws IOException {
    RaftServer server = launch.start();
    running = new Running(server, launch.neighbours());
    findGroup();
  }

  private Running running() {
    return Objects.requireNonNull(running, "not open");
  }

  private void findGroup() throws IOException {
    List<RaftGroupId> ids = new ArrayList<>();
    running().server().getGroupIds().forEach(ids::add);
    if (ids.size() > 1) {
      throw new IOException("more than one Raft group is in the data directory: " + ids);
    }
    if (!ids.isEmpty()) {
      opened(ids.get(0));
    }
  }

  private void opened(RaftGroupId id) throws IOException {
    RaftServer.Division division = running().server().getDivision(id);
    group = new RatisGroup(division, (RatisStateMachine) division.getStateMachine());
  }

  @Override
  public Optional<String> groupId() {
    RatisGroup present = group;
    return present == null ? Optional.empty() : Optional.of(present.id().getUuid().toString());
  }

  @Override
  public void begin(String groupId) throws IOException {
    String self = running().server().getId().toString();
    add(RaftGroup.valueOf(id(groupId), List.of(RatisRequests.peer(self))));
  }

  @Override
  public void enter(String groupId) throws IOException {
    add(RaftGroup.valueOf(id(groupId), List.of()));
  }

  private synchronized void add(RaftGroup fresh) throws IOException {
    if (group != null) {
      return;
    }
    running().requests().add(fresh);
    opened(fresh.getGroupId());
    LOG.info("entered group={} members={}", fresh.getGroupId().getUuid(), fresh.getPeers().size());
  }

  @Override
  public void drop() throws IOException {
    giveUp(false);
  }

  @Override
  public void leave() throws IOException {
    giveUp(true);
  }

  private synchronized void giveUp(boolean isKept) throws IOException {
    RatisGroup present = group;
    if (present == null) {
      return;
    }
    group = null;
    running().requests().remove(present.id(), isKept);
    launch.forgetReached();
    LOG.info("gave up group={} kept={}", present.id().getUuid(), isKept);
  }

  @Override
  public synchronized void reopen() {
    RatisGroup present = group;
    if (present == null) {
      return;
    }
    group = null;
    snapshots.reopened();
    try {
      running().requests().reopen(present.id());
      opened(present.id());
      LOG.info("opened again group={}", present.id().getUuid());
    } catch (IOException e) {
      listener.failed("the Raft group can't be opened again", e);
    }
  }

  @Override
  public boolean hasEntries() {
    RatisGroup present = group;
    return present != null && present.division().getRaftLog().getLastEntryTermIndex() != null;
  }

  @Override
  public Position position() {
    RatisGroup present = group;
    if (present == null) {
      return new Position(0, false, Optional.empty(), 0, 0);
    }
    return present.position();
  }

  @Override
  public Voters voters() {
    RatisGroup present = group;
    if (present == null) {
      return new Voters(Set.of(), Set.of());
    }
    return present.voters();
  }

  @Override
  public Map<String, Long> progress() {
    RatisGroup present = group;
    return present == null ? Map.of() : present.progress();
  }

  @Override
  public Map<String, Long> silences() {
    RatisGroup present = group;
    return present == null ? Map.of() : present.silences(running().neighbours());
  }

  @Override
  public CompletableFuture<BatchResult> append(byte[] entry) {
    RatisGroup present = group;
    return present == null
        ? CompletableFuture.failedFuture(Problems.notLeader())
        : port.append(present.division(), entry);
  }

  @Override
  public CompletableFuture<Void> addVoters(Set<String> raftIds) {
    return withNews(inGroup(id -> running().requests().addVoters(id, raftIds)));
  }

  /**
   * A newcomer that an earlier attempt has brought up to date is waited for in vain while there is
   * nothing new to send it: answers to heartbeats don't tell what it has (RATIS-2605).
   */
  private CompletableFuture<Void> withNews(CompletableFuture<Void> change) {
    append(NO_COMMANDS);
    return change;
  }

  @Override
  public CompletableFuture<Void> replace(Set<String> replaced, String raftId) {
    Set<String> now = voters().current();
    Set<String> next = new TreeSet<>(now);
    next.removeAll(replaced);
    next.add(raftId);
    return withNews(inGroup(id -> running().requests().change(id, now, next)));
  }

  @Override
  public CompletableFuture<Void> removeVoter(String raftId) {
    Set<String> now = voters().current();
    Set<String> next = new TreeSet<>(now);
    next.remove(raftId);
    return inGroup(id -> running().requests().change(id, now, next));
  }

  @Override
  public CompletableFuture<Void> transferTo(String raftId, Duration patience) {
    return inGroup(id -> running().requests().transfer(id, raftId, patience));
  }

  private CompletableFuture<Void> inGroup(Function<RaftGroupId, CompletableFuture<Void>> request) {
    RatisGroup present = group;
    return present == null
        ? CompletableFuture.failedFuture(Problems.notLeader())
        : request.apply(present.id());
  }

  /** Entries are batches: their number, which Ratis counts, says little about their size. */
  @Override
  public void snapshotIfDue() {
    RatisGroup present = group;
    if (present == null) {
      return;
    }
    RatisStateMachine machine = present.stateMachine();
    SnapshotPace.Applied applied =
        new SnapshotPace.Applied(
            present.position().applied(), machine.appliedBytes(), machine.restores());
    if (!snapshots.isDue(applied, machine.snapshotIndex(), machine.snapshotBytes())) {
      return;
    }
    running()
        .requests()
        .snapshot(present.id())
        .exceptionally(
            failure -> {
              LOG.warn("snapshot was refused", failure);
              return null;
            });
  }

  @Override
  public void renewConnections() {
    RatisGroup present = group;
    if (present != null) {
      running().neighbours().renew(present.division());
    }
  }

  @Override
  public void rehearseVote() {
    RatisGroup present = group;
    if (present != null) {
      running().neighbours().rehearseVote(present.division());
    }
  }

  @Override
  public void callElection() {
    RatisGroup present = group;
    if (present != null) {
      EarlyElection.call(present.division());
    }
  }

  @Override
  public boolean isLeftOut() {
    RatisGroup present = group;
    return present != null && present.isClosed() && !present.isMember();
  }

  @Override
  public boolean isBroken() {
    RatisGroup present = group;
    return present != null && present.isClosed() && present.isMember();
  }

  /** Makes a server reachable under its name. */
  public static void learn(Server row) {
    ServerNames.learn(
        row.getRaftId(),
        new InetSocketAddress(row.getAddress(), row.getServerPort()),
        row.getStart());
  }

  private static RaftGroupId id(String groupId) {
    return RaftGroupId.valueOf(UUID.fromString(groupId));
  }

  @Override
  public void close() {
    group = null;
    Running present = running;
    if (present != null) {
      try {
        present.server().close();
      } catch (IOException e) {
        LOG.warn("the Raft server did not close cleanly", e);
      }
    }
    launch.close();
  }
}
