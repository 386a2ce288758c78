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
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.grpc.GrpcTlsConfig;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One server of Ratis with at most one group. */
public final class RatisConsensus implements Consensus {
  private static final byte[] NO_COMMANDS =
      Batch.newBuilder().setTimeMillis(1).build().toByteArray();

  private static final Logger LOG = LoggerFactory.getLogger(RatisConsensus.class);

  private final DivisionPort port = new DivisionPort();
  private final ExecutorService snapshotWriter;
  private final RaftServer server;
  private final RatisRequests requests;
  private final RatisNeighbours neighbours;
  private final RaftSettings.Limits limits;
  private final Listener listener;

  /** The last log index that the replica has, through all openings of the group. */
  private final AtomicLong reached;

  private volatile @Nullable RatisGroup group;
  private volatile long snapshotBegunAtBytes;
  private volatile int snapshotBegunAfterRestores;

  private RatisConsensus(
      RaftSettings.Limits limits,
      RaftServer server,
      ExecutorService snapshotWriter,
      Listener listener,
      AtomicLong reached) {
    this.limits = limits;
    this.listener = listener;
    this.reached = reached;
    this.server = server;
    this.requests = new RatisRequests(server);
    this.neighbours = new RatisNeighbours(server);
    this.snapshotWriter = snapshotWriter;
  }

  /**
   * Starts the server, with the group that is in the directory if there is one.
   *
   * @param isFormed whether that group was complete once
   */
  public static RatisConsensus start(
      RaftSettings settings,
      DataDirectory directory,
      boolean isFormed,
      Replica replica,
      LeaderContact contact,
      Listener listener)
      throws IOException {
    BindCheck.run(settings.raftBind());
    LostState.refuse(directory.groups());
    TornTail.repair(directory.groups(), directory.sync());
    ExecutorService snapshotWriter =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread thread = new Thread(task, "snapshot");
              thread.setDaemon(true);
              return thread;
            });
    Parameters parameters = new Parameters();
    settings
        .tls()
        .ifPresent(
            tls ->
                GrpcConfigKeys.TLS.setConf(
                    parameters, new GrpcTlsConfig(tls.keys(), tls.trust(), true)));
    AtomicLong reached = new AtomicLong(RatisStateMachine.NOTHING);
    AtomicReference<RaftServer> started = new AtomicReference<>();
    ServerGate gate =
        new ServerGate(
            directory.raftId(), contact, id -> flushed(Objects.requireNonNull(started.get()), id));
    // A hop less for each append; snapshot chunks and votes then run on the event loops.
    GrpcConfigKeys.Server.setServicesCustomizer(
        parameters, (builder, types) -> builder.intercept(gate).directExecutor());
    RaftServer server =
        RaftServer.newBuilder()
            .setServerId(RaftPeerId.valueOf(directory.raftId()))
            .setProperties(RatisProperties.of(settings, directory, isFormed))
            .setParameters(parameters)
            .setStateMachineRegistry(
                id ->
                    new RatisStateMachine(
                        replica, listener, directory.sync(), snapshotWriter, reached))
            .setOption(RaftStorage.StartupOption.RECOVER)
            .build();
    started.set(server);
    try {
      server.start();
    } catch (IOException | RuntimeException e) {
      throw LogDamage.explained(directory.groups(), e);
    }
    RatisConsensus consensus =
        new RatisConsensus(settings.limits(), server, snapshotWriter, listener, reached);
    consensus.findGroup();
    return consensus;
  }

  private static long flushed(RaftServer server, RaftGroupId group) {
    try {
      return server.getDivision(group).getRaftLog().getFlushIndex();
    } catch (IOException e) {
      // The group is being given up: nothing of it counts any more.
      return RatisStateMachine.NOTHING;
    }
  }

  private void findGroup() throws IOException {
    List<RaftGroupId> ids = new ArrayList<>();
    server.getGroupIds().forEach(ids::add);
    if (ids.size() > 1) {
      throw new IOException("more than one Raft group is in the data directory: " + ids);
    }
    if (!ids.isEmpty()) {
      opened(ids.get(0));
    }
  }

  private void opened(RaftGroupId id) throws IOException {
    RaftServer.Division division = server.getDivision(id);
    group = new RatisGroup(division, (RatisStateMachine) division.getStateMachine());
  }

  @Override
  public Optional<String> groupId() {
    RatisGroup present = group;
    return present == null ? Optional.empty() : Optional.of(present.id().getUuid().toString());
  }

  @Override
  public void begin(String groupId) throws IOException {
    add(RaftGroup.valueOf(id(groupId), List.of(RatisRequests.peer(server.getId().toString()))));
  }

  @Override
  public void enter(String groupId) throws IOException {
    add(RaftGroup.valueOf(id(groupId), List.of()));
  }

  private synchronized void add(RaftGroup fresh) throws IOException {
    if (group != null) {
      return;
    }
    requests.add(fresh);
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
    requests.remove(present.id(), isKept);
    reached.set(RatisStateMachine.NOTHING);
    LOG.info("gave up group={} kept={}", present.id().getUuid(), isKept);
  }

  @Override
  public synchronized void reopen() {
    RatisGroup present = group;
    if (present == null) {
      return;
    }
    group = null;
    snapshotBegunAtBytes = 0;
    try {
      requests.reopen(present.id());
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
    return present == null ? Map.of() : present.silences();
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
    return withNews(inGroup(id -> requests.addVoters(id, raftIds)));
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
    return withNews(inGroup(id -> requests.change(id, now, next)));
  }

  @Override
  public CompletableFuture<Void> removeVoter(String raftId) {
    Set<String> now = voters().current();
    Set<String> next = new TreeSet<>(now);
    next.remove(raftId);
    return inGroup(id -> requests.change(id, now, next));
  }

  @Override
  public CompletableFuture<Void> transferTo(String raftId, Duration patience) {
    return inGroup(id -> requests.transfer(id, raftId, patience));
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
    long applied = present.stateMachine().appliedBytes();
    long due = Math.max(limits.snapshotLogBytes(), 2 * present.stateMachine().snapshotBytes());
    int restores = present.stateMachine().restores();
    if (applied - snapshotBegunAtBytes < due && restores == snapshotBegunAfterRestores) {
      return;
    }
    snapshotBegunAtBytes = applied;
    snapshotBegunAfterRestores = restores;
    requests
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
      neighbours.renew(present.division());
    }
  }

  @Override
  public void rehearseVote() {
    RatisGroup present = group;
    if (present != null) {
      neighbours.rehearseVote(present.division());
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
    try {
      server.close();
    } catch (IOException e) {
      LOG.warn("the Raft server did not close cleanly", e);
    }
    snapshotWriter.shutdown();
  }
}
