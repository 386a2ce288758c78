package io.hanse.raft;

import io.hanse.fsm.port.CommandSubmitter;
import io.hanse.fsm.port.GuardedTask;
import io.hanse.fsm.port.LeaderCall;
import io.hanse.fsm.port.Leadership;
import io.hanse.fsm.port.Leadership.Standing;
import io.hanse.fsm.port.Membership;
import io.hanse.fsm.port.ServerCall;
import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.row.Server;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The parts of replication on one server, wired: from the data directory to the ports that the rest
 * of the process uses.
 */
public final class Replication implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Replication.class);
  private static final long REFRESH_MILLIS = 250;
  private static final long WATCHDOG_MILLIS = 1000;

  private final RaftSettings settings;
  private final Fatal fatal;
  private final DataDirectory directory;
  private final Server self;
  private final ExecutorService completer = RaftThreads.single("raft-completer");
  private final ExecutorService events = RaftThreads.single("raft-events");
  private final ScheduledExecutorService timer = RaftThreads.timer("raft-timer");
  private final ScheduledExecutorService gathering = RaftThreads.timer("raft-gathering");
  private final ScheduledExecutorService joiner = RaftThreads.timer("raft-join");
  private final Promises promises;
  private final Surroundings.Dialer peers;
  private final AppliedIndex applied;
  private final LeaderStanding standing;
  private final GroupCommit groupCommit;
  private final Submitter submitter;
  private final ReadLevels reads;
  private final LeaderCalls leaderCalls;
  private final Members members;
  private final Retirement retirement;
  private final Bootstrap bootstrap;
  private final JoinLoop joinLoop;
  private final LeaderDuties duties;
  private final MemberDuty memberDuty;
  private final Surroundings surroundings;
  private final ServerRequests requests;
  private final Consensus consensus;
  private final LogClock logClock = new LogClock(System::currentTimeMillis, System::nanoTime);
  private final Replica replica;
  private final LeaderNews leaderNews;
  private final QuorumNews quorumNews;
  private volatile Surroundings.@Nullable Endpoint endpoint;
  private volatile boolean isClosed;
  private boolean isFoundBroken;

  /** Nothing runs or listens yet. */
  Replication(
      RaftSettings settings,
      Replica replica,
      Fatal fatal,
      DataDirectory directory,
      Surroundings surroundings)
      throws IOException {
    this.settings = settings;
    this.replica = replica;
    this.fatal = fatal;
    this.directory = directory;
    this.surroundings = surroundings;
    RaftSettings.Timing timing = settings.timing();
    String raftId = directory.raftId();
    self = settings.selfOf(directory);
    AddressBook book = new AddressBook(directory, surroundings::learn);
    book.learn(List.of(self));
    leaderNews = new LeaderNews(raftId, book::find);
    promises = new Promises(directory, settings.bootstrap().expect());
    LeaderContact contact = new LeaderContact(System::nanoTime);
    applied = new AppliedIndex(settings.limits().awaitedIndexes(), completer);
    standing = new LeaderStanding(raftId, this::probe, events);
    peers = surroundings.dialer(self, promises::groupId, book::callAddress, completer);
    consensus =
        surroundings.consensus(directory, promises.isFormed(), replica, contact, new Events());
    groupCommit =
        new GroupCommit(
            settings.limits(),
            consensus::append,
            completer,
            (nanos, task) -> gathering.schedule(task, nanos, TimeUnit.NANOSECONDS),
            logClock::millis,
            System::nanoTime);
    submitter = new Submitter(settings, standing, groupCommit, peers, completer, System::nanoTime);
    ReadRounds rounds = new ReadRounds(raftId, consensus, peers, timing, System::nanoTime);
    LeaderRoute route = new LeaderRoute(standing, completer, System::nanoTime);
    reads =
        new ReadLevels(
            standing, route, rounds, applied, contact, replica, peers, timing.callPatience());
    leaderCalls = new LeaderCalls(standing, route, peers);
    Removals removals = new Removals(consensus);
    Neighbours neighbours =
        new Neighbours(
            raftId,
            settings.bootstrap().retryJoin(),
            book,
            peers,
            () -> LocalServer.account(self, settings, consensus.position().leader(), promises),
            server -> !promises.isFormed() || consensus.voters().mayBelong(server),
            System::nanoTime);
    members =
        new Members(
            standing,
            consensus,
            book::find,
            rounds,
            submitter,
            leaderCalls,
            timing,
            new Leave(standing, consensus, promises, neighbours, leaderCalls, timing, joiner),
            new Remainder(raftId, consensus, timing, System::nanoTime),
            removals);
    quorumNews =
        new QuorumNews(standing, () -> consensus.voters().current(), neighbours, System::nanoTime);
    contact.onLoss(new LeaderLoss(standing, consensus, contact, timing, timer)::suspected);
    OwnPlace place =
        new OwnPlace(raftId, promises, consensus, this::catchUp, timing, System::nanoTime);
    retirement =
        new Retirement(raftId, promises, neighbours, consensus, place::isSure, standing::close);
    bootstrap =
        new Bootstrap(
            raftId,
            settings,
            promises,
            neighbours,
            consensus,
            peers,
            System::nanoTime,
            retirement,
            new FormationNews(settings, System::nanoTime, LOG::warn));
    joinLoop = new JoinLoop(bootstrap::step, bootstrap::pause, joiner);
    memberDuty =
        new MemberDuty(
            standing,
            consensus,
            new MemberHealth(consensus, raftId, timing, System::currentTimeMillis),
            book,
            leaderCalls,
            replica::autopilot,
            timing.deadAfter(),
            System::nanoTime);
    duties = new LeaderDuties(self, timing, standing, submitter, logClock::millis);
    requests =
        new LocalServer(
            self,
            settings,
            consensus,
            groupCommit,
            reads,
            leaderCalls,
            contact,
            book,
            promises,
            neighbours,
            bootstrap,
            memberDuty,
            removals,
            System::nanoTime);
  }

  /**
   * Takes up what is in the data directory, and listens. The group forms or is found in the
   * background. Called once; if it fails, all is closed.
   *
   * @throws io.hanse.fsm.error.ProblemException where the data or an address can't be used
   */
  public void open() throws IOException {
    try {
      consensus.open();
      reads.loaded();
      endpoint = surroundings.listen(requests, completer);
      run();
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  private void run() {
    retirement.remember();
    standing.onChange(this::standingChanged);
    standing.refresh();
    repeat("standing", standing::refresh, REFRESH_MILLIS);
    repeat("watchdog", this::watch, WATCHDOG_MILLIS);
    repeat("tidying", duties::tidy, settings.timing().dutyInterval().toMillis());
    joinLoop.begin();
    LOG.info(
        "server started raft_id={} start={} raft={} servers={}",
        self.getRaftId(),
        self.getStart(),
        settings.raftBind(),
        settings.serversBind());
  }

  private void repeat(String name, Runnable task, long millis) {
    timer.scheduleWithFixedDelay(
        new GuardedTask(task, failure -> LOG.warn("{} failed", name, failure)),
        millis,
        millis,
        TimeUnit.MILLISECONDS);
  }

  /**
   * With the barrier all that stood in the leader's log before it is agreed on, a change of the
   * group too, and after the read it stands in this one.
   */
  private CompletableFuture<?> catchUp() {
    Duration patience = settings.timing().callPatience();
    return submitter
        .barrier()
        .thenCompose(done -> reads.fresh(StateReader.Level.CONSISTENT, patience));
  }

  private Standing probe() {
    Consensus.Position now = consensus.position();
    return new Standing(now.term(), now.ready() && promises.isFormed(), now.leader());
  }

  private void standingChanged(Standing now) {
    if (now.self()) {
      // All that earlier leaders wrote is applied: a leader is told so only then.
      logClock.begin(replica.logMillis());
      groupCommit.open();
    } else {
      groupCommit.close();
    }
    peers.leaderIs(now.leader());
    if (!isClosed) {
      // Without a leader it may be that this server was removed: the exchange finds out.
      joiner.execute(now.leader().isPresent() ? consensus::rehearseVote : bootstrap::step);
    }
    leaderNews.line(now).ifPresent(LOG::info);
    LOG.debug(
        "standing term={} self={} leader={}", now.term(), now.self(), now.leader().orElse("none"));
  }

  private void watch() {
    if (consensus.isBroken()) {
      if (!isFoundBroken) {
        isFoundBroken = true;
        fail("the Raft group closed by itself", new IllegalStateException("division closed"));
      }
      return;
    }
    if (consensus.isLeftOut()) {
      joinLoop.stepSoon();
      return;
    }
    if (quorumNews.isDue()) {
      joiner.execute(quorumNews::tell);
    }
    consensus.snapshotIfDue();
    duties.announce();
    memberDuty.look();
  }

  private void fail(String what, Throwable cause) {
    if (!isClosed) {
      fatal.stop(what, cause);
    }
  }

  public CommandSubmitter submitter() {
    return submitter;
  }

  public StateReader reader() {
    return reads;
  }

  public Leadership leadership() {
    return standing;
  }

  public LeaderCall leaderCall() {
    return leaderCalls;
  }

  public ServerCall serverCall() {
    return leaderCalls;
  }

  public Membership membership() {
    return members;
  }

  /**
   * Makes the connections to the other servers anew, after others are believed than before. A
   * leader hands over first: cut off from all at once it would be none.
   */
  public void renewConnections() {
    joiner.execute(
        () -> {
          resign();
          peers.renewConnections();
          consensus.renewConnections();
          LOG.info("connections to the other servers are made anew");
        });
  }

  /** Done when the others turn out to have let this server go though its leave had failed. */
  public CompletableFuture<Void> left() {
    return retirement.left();
  }

  /** The row of this server, with its raft id and start number. */
  public Server self() {
    return self;
  }

  /** Hands leadership over, if another server can have it, and goes on; waits, but not for long. */
  public void resign() {
    members.handOver(settings.timing().stopPatience());
  }

  /** Hands leadership over, if this server has it, and closes. */
  public void stop() {
    submitter.close();
    resign();
    close();
  }

  /** Closes at once: to the other servers as if this one had crashed. */
  @Override
  public void close() {
    if (isClosed) {
      return;
    }
    isClosed = true;
    submitter.close();
    standing.close(Problems.closing());
    timer.shutdownNow();
    joiner.shutdownNow();
    groupCommit.close();
    Surroundings.Endpoint present = endpoint;
    if (present != null) {
      present.close();
    }
    peers.close();
    consensus.close();
    events.shutdown();
    completer.shutdown();
    gathering.shutdownNow();
    directory.giveBack(timer, joiner, events, completer);
  }

  /** Called with the library's locks held. */
  private final class Events implements Consensus.Listener {
    @Override
    public void standingChanged() {
      standing.refresh();
    }

    @Override
    public void configurationCommitted(Set<String> voters) {
      events.execute(
          () -> {
            try {
              if (promises.committed(voters, self.getRaftId())) {
                LOG.info("group is complete voters={}", voters);
              }
            } catch (IOException e) {
              failed("raft/bootstrap can't be written", e);
            }
          });
      standing.refresh();
    }

    @Override
    public void applied(long logIndex) {
      applied.advance(logIndex);
    }

    @Override
    public void failed(String what, Throwable cause) {
      fail(what, cause);
    }
  }
}
