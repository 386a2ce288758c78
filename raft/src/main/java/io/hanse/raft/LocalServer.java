package io.hanse.raft;

import com.google.protobuf.ByteString;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.row.CommandResult;
import io.hanse.fsm.row.Entry;
import io.hanse.fsm.row.Server;
import io.hanse.raft.Consensus.Position;
import io.hanse.raft.transport.proto.Account;
import io.hanse.raft.transport.proto.ConfirmReply;
import io.hanse.raft.transport.proto.JoinReply;
import io.hanse.raft.transport.proto.PromiseReply;
import io.hanse.raft.transport.proto.Stage;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Answers the other servers out of the parts of this one. */
final class LocalServer implements ServerRequests {
  private final Server self;
  private final RaftSettings settings;
  private final Consensus consensus;
  private final GroupCommit groupCommit;
  private final ReadLevels reads;
  private final LeaderCalls leaderCalls;
  private final LeaderContact contact;
  private final AddressBook book;
  private final Promises promises;
  private final Neighbours neighbours;
  private final Bootstrap bootstrap;
  private final MemberDuty members;
  private final Removals removals;
  private final LongSupplier nanoClock;

  LocalServer(
      Server self,
      RaftSettings settings,
      Consensus consensus,
      GroupCommit groupCommit,
      ReadLevels reads,
      LeaderCalls leaderCalls,
      LeaderContact contact,
      AddressBook book,
      Promises promises,
      Neighbours neighbours,
      Bootstrap bootstrap,
      MemberDuty members,
      Removals removals,
      LongSupplier nanoClock) {
    this.self = self;
    this.settings = settings;
    this.consensus = consensus;
    this.groupCommit = groupCommit;
    this.reads = reads;
    this.leaderCalls = leaderCalls;
    this.contact = contact;
    this.book = book;
    this.promises = promises;
    this.neighbours = neighbours;
    this.bootstrap = bootstrap;
    this.members = members;
    this.removals = removals;
    this.nanoClock = nanoClock;
  }

  /** What a server says of itself. */
  static Account account(
      Server self, RaftSettings settings, Optional<String> leader, Promises promises) {
    return Account.newBuilder()
        .setServer(self)
        .setBootstrapExpect(settings.bootstrap().expect())
        .setStage(promises.stage())
        .setGroupId(promises.groupId().orElse(""))
        .setPromisedTo(promises.promisedTo())
        .setLeaderRaftId(leader.orElse(""))
        .setMayHaveLeft(promises.mayHaveLeft())
        .setLeaves(promises.pastLeaves())
        .build();
  }

  @Override
  public Optional<String> groupId() {
    return promises.groupId();
  }

  @Override
  public CompletableFuture<CommandResult> forward(Entry entry, long patienceMillis) {
    return groupCommit.submit(entry, patienceMillis);
  }

  @Override
  public CompletableFuture<JoinReply> join(Account caller) {
    String datacenter = caller.getServer().getDatacenter();
    if (!datacenter.equals(self.getDatacenter())) {
      return refused(
          "server "
              + caller.getServer().getNode()
              + " is of datacenter \""
              + datacenter
              + "\", this one is of \""
              + self.getDatacenter()
              + "\"; name servers of one datacenter in retry_join");
    }
    String own = promises.groupId().orElse("");
    boolean isForeign =
        caller.getStage() == Stage.STAGE_FORMED
            && promises.isFormed()
            && !caller.getGroupId().equals(own);
    if (isForeign) {
      return CompletableFuture.failedFuture(
          Problems.foreign(self.getNode(), own, caller.getGroupId()));
    }
    neighbours.note(caller, nanoClock.getAsLong());
    JoinReply.Builder reply =
        JoinReply.newBuilder()
            .setAccount(account(self, settings, consensus.position().leader(), promises))
            .addAllKnown(book.all());
    String raftId = caller.getServer().getRaftId();
    if (!wasMember(caller) || (isMember(raftId) && !caller.getMayHaveLeft())) {
      return CompletableFuture.completedFuture(reply.build());
    }
    // Only who surely leads knows the newest configuration.
    return reads
        .point(true)
        .handle(
            (point, failure) ->
                reply
                    .setCallerRemoved(failure == null && !isMember(raftId))
                    .setCallerKept(failure == null && removals.keeps(caller))
                    .build());
  }

  /**
   * Whether the caller had a vote in this group once: a server that went down early may not know
   * yet that the group it was enlisted for is complete. One that only asks to join made no promise.
   */
  private boolean wasMember(Account caller) {
    boolean isEnlisted =
        caller.getStage() == Stage.STAGE_FORMING && !caller.getPromisedTo().isEmpty();
    return promises.isFormed()
        && caller.getGroupId().equals(promises.groupId().orElse(""))
        && (caller.getStage() == Stage.STAGE_FORMED || isEnlisted);
  }

  /** Said of anybody unless this server leads, for only then it knows. */
  @Override
  public boolean isMember(String raftId) {
    return !consensus.position().ready() || consensus.voters().isMember(raftId);
  }

  @Override
  public CompletableFuture<PromiseReply> promise(String callerRaftId) {
    try {
      return CompletableFuture.completedFuture(bootstrap.promise(callerRaftId));
    } catch (IOException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public CompletableFuture<Void> enlist(String callerRaftId, String groupId) {
    try {
      bootstrap.enlist(callerRaftId, groupId);
      return CompletableFuture.completedFuture(null);
    } catch (IOException | ProblemException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public CompletableFuture<Void> admit(Server joiner) {
    if (!consensus.position().ready() || !promises.isFormed()) {
      return CompletableFuture.failedFuture(Problems.notLeader());
    }
    if (consensus.voters().isMember(joiner.getRaftId())) {
      return CompletableFuture.completedFuture(null);
    }
    Optional<Server> namesake = livingNamesake(joiner);
    if (namesake.isPresent()) {
      return refused(
          "another server with the node name \""
              + joiner.getNode()
              + "\" is alive at "
              + namesake.get().getAddress()
              + "; give each server a name of its own");
    }
    book.learn(List.of(joiner));
    return members.apply(joiner);
  }

  /** A server that was wiped comes back under its name, but not beside itself. */
  private Optional<Server> livingNamesake(Server joiner) {
    Map<String, Long> silences = consensus.silences();
    return consensus.voters().current().stream()
        .flatMap(raftId -> book.find(raftId).stream())
        .filter(server -> server.getNode().equals(joiner.getNode()))
        .filter(
            server ->
                server.getRaftId().equals(self.getRaftId())
                    || silences.getOrDefault(server.getRaftId(), 0L)
                        < settings.timing().longestElectionMillis())
        .findFirst();
  }

  @Override
  public CompletableFuture<ConfirmReply> confirm() {
    Position position = consensus.position();
    String leader = position.leader().orElse("");
    boolean isHeard = contact.lastLeader().filter(leader::equals).isPresent();
    int grace = 2 * settings.timing().longestElectionMillis();
    return CompletableFuture.completedFuture(
        ConfirmReply.newBuilder()
            .setTerm(position.term())
            .setLeaderRaftId(leader)
            .setAppendAgeMillis(isHeard ? contact.silenceMillis() : Long.MAX_VALUE)
            .setGrantedPreVote(contact.grantedPreVoteWithin(grace))
            .build());
  }

  @Override
  public CompletableFuture<Long> readPoint(boolean isConsistent) {
    return reads.point(isConsistent);
  }

  @Override
  public CompletableFuture<ByteString> ask(String name, ByteString request, Duration patience) {
    return leaderCalls
        .answer(name, request)
        .copy()
        .orTimeout(Math.max(1, patience.toMillis()), TimeUnit.MILLISECONDS);
  }

  private static <T> CompletableFuture<T> refused(String why) {
    return CompletableFuture.failedFuture(
        new ProblemException(ProblemCode.FAILED_PRECONDITION, why));
  }
}
