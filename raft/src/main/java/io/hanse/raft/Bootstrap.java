package io.hanse.raft;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.raft.Consensus.Position;
import io.hanse.raft.Neighbours.Seen;
import io.hanse.raft.transport.proto.Account;
import io.hanse.raft.transport.proto.PromiseReply;
import io.hanse.raft.transport.proto.Stage;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes this server a voter: begins a group together with the others, or joins one. Each step looks
 * at what is written down and what the neighbours say, and does the next thing; a step that fails
 * is tried again. One thread.
 *
 * <p>The servers that expect N voters promise, durably, to follow the one with the smallest id;
 * only with all N promises does that one begin. So two groups can't begin with a voter in common.
 */
final class Bootstrap {
  private static final Logger LOG = LoggerFactory.getLogger(Bootstrap.class);

  /** So many in a row are worth a word. */
  private static final int REFUSALS_NOTABLE = 40;

  private static final Duration CONFIGURATION_CHANGE = Duration.ofSeconds(15);

  private final String self;
  private final RaftSettings settings;
  private final Promises promises;
  private final Neighbours neighbours;
  private final Consensus consensus;
  private final PeerCalls peers;
  private final LongSupplier nanoClock;
  private final Retirement retirement;
  private final FormationNews news;
  private final long startNanos;
  private volatile long promisedNanos;
  private volatile long enlistedNanos;

  /** Done when none of those that were begun can succeed any more. Of the joining thread only. */
  private CompletableFuture<Void> changes = CompletableFuture.completedFuture(null);

  /** In a row. */
  private int refusals;

  Bootstrap(
      String self,
      RaftSettings settings,
      Promises promises,
      Neighbours neighbours,
      Consensus consensus,
      PeerCalls peers,
      LongSupplier nanoClock,
      Retirement retirement,
      FormationNews news) {
    this.self = self;
    this.settings = settings;
    this.promises = promises;
    this.neighbours = neighbours;
    this.consensus = consensus;
    this.peers = peers;
    this.nanoClock = nanoClock;
    this.retirement = retirement;
    this.news = news;
    this.startNanos = nanoClock.getAsLong();
    this.promisedNanos = startNanos;
    this.enlistedNanos = startNanos;
  }

  /** One exchange and the step that follows from it. */
  void step() {
    if (promises.isLeaving()) {
      return;
    }
    int leaves = promises.pastLeaves();
    if (!promises.isRemoved()) {
      neighbours.exchange();
    }
    try {
      if (retirement.isDue()) {
        retirement.begin();
        return;
      }
      retirement.stayIfKept(leaves);
      if (consensus.isLeftOut()) {
        // Until the leader says that it was removed, it may be a member or about to become one: it
        // has to be there when the leader appends.
        consensus.reopen();
      }
      switch (promises.stage()) {
        case STAGE_EMPTY -> beginOrJoin();
        case STAGE_FORMING -> complete();
        default -> watchForeigners();
      }
      refusals = 0;
    } catch (IOException | ExecutionException | TimeoutException e) {
      // While a group forms, its members come to know of each other one after the other.
      boolean isRefusal = Problems.code(e).category() == ProblemCode.Category.CALLER;
      refusals = isRefusal ? refusals + 1 : 0;
      if (refusals == REFUSALS_NOTABLE) {
        neighbours.complain(
            "this server is not taken into the cluster",
            String.valueOf(Problems.cause(e).getMessage()));
      }
      LOG.debug("bootstrap step failed, will be tried again", e);
      if (isOfNoCluster()) {
        news.fails(neighbours.present(), e);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isOfNoCluster() {
    Stage stage = promises.stage();
    return stage == Stage.STAGE_EMPTY || stage == Stage.STAGE_FORMING;
  }

  /** Another server asks for the promise. Any thread. */
  PromiseReply promise(String initiator) throws IOException {
    boolean isGranted = promises.grant(initiator);
    if (isGranted) {
      // Not when refused: who keeps asking would make the holder's answers look older than this.
      promisedNanos = nanoClock.getAsLong();
    }
    return PromiseReply.newBuilder()
        .setGranted(isGranted)
        .setPromisedTo(promises.promisedTo())
        .build();
  }

  /** The initiator names the group to wait in. Any thread. */
  void enlist(String initiator, String groupId) throws IOException {
    // Before it is written down: what the initiator answered until now was of before.
    enlistedNanos = nanoClock.getAsLong();
    if (!promises.enlist(initiator, groupId)) {
      throw Problems.foreign(self, promises.groupId().orElse("none"), groupId);
    }
    if (consensus.groupId().isEmpty()) {
      consensus.enter(groupId);
    }
  }

  private void beginOrJoin()
      throws IOException, InterruptedException, ExecutionException, TimeoutException {
    Set<String> groups = neighbours.formedGroups();
    if (groups.size() > 1) {
      neighbours.complain(
          "retry_join reaches servers of different clusters; name servers of one cluster only",
          "groups=" + groups);
      return;
    }
    if (groups.size() == 1) {
      promises.join(groups.iterator().next());
      complete();
      return;
    }
    SortedSet<String> voters = smallestOfExpected();
    boolean isFirst = !voters.isEmpty() && voters.first().equals(self);
    releaseWhatIsVoid(isFirst);
    boolean isBound = !promises.promisedTo().isEmpty() && !promises.isInitiator(self);
    if (isFirst
        && !isBound
        && voters.size() == settings.bootstrap().expect()
        && collectPromises(voters)) {
      begin(voters);
      return;
    }
    news.waits(neighbours.present());
  }

  /** The servers that would begin a group: as many as expected, those with the smallest ids. */
  private SortedSet<String> smallestOfExpected() {
    TreeSet<String> candidates = new TreeSet<>();
    candidates.add(self);
    for (Account account : neighbours.present()) {
      if (account.getStage() == Stage.STAGE_EMPTY
          && account.getBootstrapExpect() == settings.bootstrap().expect()) {
        candidates.add(account.getServer().getRaftId());
      }
    }
    while (candidates.size() > settings.bootstrap().expect()) {
      candidates.pollLast();
    }
    return candidates;
  }

  /**
   * A promise is void once its holder follows another itself, as it said after it got the promise,
   * or once it was not seen for long.
   */
  private void releaseWhatIsVoid(boolean isFirst) throws IOException {
    String holder = promises.promisedTo();
    if (holder.equals(self)) {
      // Left by a crash before the group began; now a smaller id is there.
      if (!isFirst) {
        promises.release();
      }
      return;
    }
    if (holder.isEmpty()) {
      return;
    }
    Optional<Seen> seen = neighbours.lately(holder);
    boolean followsAnother =
        seen.isPresent()
            && seen.get().askedNanos() - promisedNanos > 0
            && seen.get().account().getStage() == Stage.STAGE_EMPTY
            && !seen.get().account().getPromisedTo().isEmpty()
            && !seen.get().account().getPromisedTo().equals(holder);
    boolean isLost = isLost(holder);
    if (followsAnother || isLost) {
      LOG.info("promise released holder={} lost={}", holder, isLost);
      promises.release();
    }
  }

  private boolean collectPromises(Set<String> voters)
      throws IOException, InterruptedException, ExecutionException, TimeoutException {
    for (String voter : voters) {
      if (voter.equals(self)) {
        continue;
      }
      PromiseReply reply = await(peers.promise(voter), settings.timing().callPatience());
      if (!reply.getGranted()) {
        neighbours.complain("a promise was refused", "by=" + voter);
        return false;
      }
    }
    return promises.grant(self);
  }

  private void begin(Set<String> voters)
      throws IOException, InterruptedException, ExecutionException, TimeoutException {
    String groupId = UUID.randomUUID().toString();
    promises.begin(groupId, voters);
    LOG.info("begins a group group={} voters={}", groupId, voters);
    complete();
  }

  private void complete()
      throws IOException, InterruptedException, ExecutionException, TimeoutException {
    String groupId = promises.groupId().orElseThrow();
    boolean isInitiator = promises.isInitiator(self);
    if (isSuperseded(groupId, isInitiator)) {
      LOG.info("gives up a group that was never complete group={}", groupId);
      consensus.drop();
      promises.reset();
      return;
    }
    if (isInitiator) {
      lead(groupId);
      return;
    }
    if (consensus.groupId().isEmpty()) {
      consensus.enter(groupId);
    }
    if (promises.isJoining()) {
      askAdmission(groupId);
    }
  }

  /** Whether the group that never was complete is to be given up. */
  private boolean isSuperseded(String groupId, boolean isInitiator) {
    boolean othersMovedOn =
        neighbours.formedGroups().stream().anyMatch(formed -> !formed.equals(groupId));
    if (isInitiator) {
      return othersMovedOn || isBegunInVain();
    }
    if (promises.isJoining()) {
      return false;
    }
    String initiator = promises.promisedTo();
    return isGivenUp(initiator, groupId) || (isLost(initiator) && !consensus.hasEntries());
  }

  private boolean isLost(String raftId) {
    return neighbours.absence(raftId, startNanos).compareTo(settings.timing().promiseExpiry()) > 0;
  }

  /**
   * Whether one of those that this server began the group with is gone for good, as with its disk,
   * before they were taken in. Nothing can be in that group: this server alone votes in it, has
   * never known another configuration, and asks for none at the moment; and no command is taken
   * before the configuration of all is committed.
   */
  private boolean isBegunInVain() {
    Set<String> missing = promises.members();
    missing.remove(self);
    return changes.isDone()
        && Set.of(self).containsAll(consensus.voters().all())
        && missing.stream().anyMatch(this::isLost);
  }

  /** Whether the initiator has answered, since it enlisted this server, that it left the group. */
  private boolean isGivenUp(String initiator, String groupId) {
    return !consensus.voters().isMember(self)
        && neighbours
            .answer(initiator)
            .filter(seen -> seen.askedNanos() - enlistedNanos > 0)
            .filter(seen -> !seen.account().getGroupId().equals(groupId))
            .isPresent();
  }

  private void lead(String groupId)
      throws IOException, InterruptedException, ExecutionException, TimeoutException {
    Set<String> missing = promises.members();
    missing.remove(self);
    List<CompletableFuture<Void>> enlisted = new ArrayList<>();
    missing.forEach(voter -> enlisted.add(peers.enlist(voter, groupId)));
    await(
        CompletableFuture.allOf(enlisted.toArray(CompletableFuture[]::new)),
        settings.timing().callPatience());
    if (consensus.groupId().isEmpty()) {
      consensus.begin(groupId);
    }
    awaitReady();
    missing.removeAll(consensus.voters().current());
    if (consensus.position().ready() && !missing.isEmpty()) {
      CompletableFuture<Void> change = consensus.addVoters(missing);
      changes = CompletableFuture.allOf(changes, change);
      await(change, CONFIGURATION_CHANGE);
    }
  }

  /** A lone voter leads after one election timeout; the next step finds it otherwise. */
  private void awaitReady() throws InterruptedException {
    long patience = 4L * settings.timing().longestElectionMillis();
    long deadline = nanoClock.getAsLong() + patience * 1_000_000;
    while (!consensus.position().ready() && nanoClock.getAsLong() - deadline < 0) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  private void askAdmission(String groupId)
      throws InterruptedException, ExecutionException, TimeoutException {
    for (Account account : neighbours.present()) {
      String leader = account.getLeaderRaftId();
      if (account.getGroupId().equals(groupId)
          && account.getStage() == Stage.STAGE_FORMED
          && !leader.isEmpty()) {
        await(peers.admit(leader, CONFIGURATION_CHANGE), CONFIGURATION_CHANGE);
        return;
      }
    }
    neighbours.complain(
        "this server waits to be taken in: nobody that it reaches knows a leader",
        "group=" + groupId);
  }

  /** Two clusters that were begun apart never become one; but someone has to be told. */
  private void watchForeigners() {
    String own = promises.groupId().orElse("");
    for (Account account : neighbours.present()) {
      if (account.getStage() == Stage.STAGE_FORMED && !account.getGroupId().equals(own)) {
        neighbours.complain(
            "a server of another cluster is among retry_join",
            Problems.foreign(account.getServer().getNode(), account.getGroupId(), own).toString());
      }
    }
  }

  /** Whether this server is where it should be, so that the exchange may slow down. */
  private boolean isSettled() {
    Position position = consensus.position();
    boolean isPlaced = promises.isFormed() && position.leader().isPresent();
    return promises.isRemoved() || (isPlaced && !consensus.isLeftOut());
  }

  /** How long to wait before the next step. */
  Duration pause() {
    return isSettled() ? settings.timing().settledJoinInterval() : settings.timing().joinInterval();
  }

  private static <T> T await(CompletableFuture<T> future, Duration patience)
      throws InterruptedException, ExecutionException, TimeoutException {
    return future.get(patience.toMillis(), TimeUnit.MILLISECONDS);
  }
}
