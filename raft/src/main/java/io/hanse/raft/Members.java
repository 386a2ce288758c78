package io.hanse.raft;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.port.LeaderCall;
import io.hanse.fsm.port.Leadership;
import io.hanse.fsm.port.Membership;
import io.hanse.fsm.row.Server;
import io.hanse.raft.transport.proto.MemberList;
import io.hanse.raft.transport.proto.MemberName;
import io.hanse.raft.transport.proto.MemberRow;
import io.hanse.raft.transport.proto.RemovalReply;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who votes, who leads, and changes to it. Asked anywhere, done by the leader. */
public final class Members implements Membership {
  private static final Logger LOG = LoggerFactory.getLogger(Members.class);
  private static final String LIST = "raft.members";
  private static final String TRANSFER = "raft.transfer";
  static final String REMOVE = "raft.remove";
  private static final Duration TRANSFER_PATIENCE = Duration.ofSeconds(3);

  private final Leadership leadership;
  private final String self;
  private final Consensus consensus;
  private final Function<String, Optional<Server>> rows;
  private final ReadRounds rounds;
  private final Submitter submitter;
  private final LeaderCall leaderCall;
  private final Duration patience;
  private final Leave leave;
  private final Remainder remainder;
  private final Removals removals;

  Members(
      Leadership leadership,
      Consensus consensus,
      Function<String, Optional<Server>> rows,
      ReadRounds rounds,
      Submitter submitter,
      LeaderCall leaderCall,
      RaftSettings.Timing timing,
      Leave leave,
      Remainder remainder,
      Removals removals) {
    this.leadership = leadership;
    this.self = leadership.self();
    this.consensus = consensus;
    this.rows = rows;
    this.rounds = rounds;
    this.submitter = submitter;
    this.leaderCall = leaderCall;
    this.patience = timing.hold();
    this.leave = leave;
    this.remainder = remainder;
    this.removals = removals;
    leaderCall.serve(LIST, request -> CompletableFuture.completedFuture(list()));
    leaderCall.serve(TRANSFER, naming(this::transferHere));
    leaderCall.serve(REMOVE, request -> removeHere(parse(MemberName.parser(), request)));
  }

  @Override
  public CompletableFuture<List<Member>> members() {
    return leaderCall
        .call(LIST, ByteString.EMPTY, patience)
        .thenApply(
            answer ->
                parse(MemberList.parser(), answer).getMembersList().stream()
                    .map(
                        row ->
                            new Member(
                                row.getRaftId(),
                                row.getVoter(),
                                row.getLeader(),
                                row.getLastIndex()))
                    .toList());
  }

  @Override
  public List<Member> knownMembers() {
    Consensus.Position position = consensus.position();
    Map<String, Long> progress = position.ready() ? consensus.progress() : Map.of();
    Consensus.Voters voters = consensus.voters();
    return voters.all().stream()
        .map(
            id ->
                new Member(
                    id,
                    voters.isVoter(id),
                    position.leader().filter(id::equals).isPresent(),
                    id.equals(self) ? position.applied() : progress.getOrDefault(id, 0L)))
        .toList();
  }

  @Override
  public int commandLevel() {
    return consensus.voters().all().stream()
        .map(id -> rows.apply(id).map(Server::getCommandLevel).orElse(0))
        .min(Integer::compareUnsigned)
        .orElse(0);
  }

  @Override
  public CompletableFuture<Void> transferLeadership(Optional<String> raftId) {
    MemberName.Builder name = MemberName.newBuilder().setRaftId(raftId.orElse(""));
    leadership.standing().leader().ifPresent(name::setLeaderRaftId);
    return command(TRANSFER, name.build());
  }

  @Override
  public CompletableFuture<Void> remove(String raftId) {
    return command(REMOVE, MemberName.newBuilder().setRaftId(raftId).build());
  }

  @Override
  public CompletableFuture<Void> leave() {
    return leave.run();
  }

  private CompletableFuture<Void> command(String call, MemberName name) {
    return leaderCall.call(call, name.toByteString(), patience).thenApply(answer -> null);
  }

  private ByteString list() {
    MemberList.Builder list = MemberList.newBuilder();
    for (Member member : knownMembers()) {
      list.addMembers(
          MemberRow.newBuilder()
              .setRaftId(member.raftId())
              .setVoter(member.voter())
              .setLeader(member.leader())
              .setLastIndex(member.lastIndex()));
    }
    return list.build().toByteString();
  }

  /** Without a target it is enough that the leadership that was meant has ended. */
  private CompletableFuture<Void> transferHere(MemberName name) {
    String meant = name.getLeaderRaftId();
    boolean hasEnded = name.getRaftId().isEmpty() && !meant.isEmpty() && !meant.equals(self);
    return hasEnded ? CompletableFuture.completedFuture(null) : handOver(name.getRaftId());
  }

  /** Gives leadership, if this server has it, to whoever is fit for it, and waits. */
  void handOver(Duration patience) {
    if (!leadership.standing().self() || consensus.voters().current().size() < 2) {
      return;
    }
    try {
      handOver("").get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      LOG.info("leadership was not handed over in time, an election follows");
    } catch (ExecutionException e) {
      LOG.warn("leadership was not handed over reason={}", Problems.cause(e).getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Gives leadership away. The no-op first: followers of an idle leader are not known to be up to
   * date, and the transfer would wait for that in vain.
   */
  CompletableFuture<Void> handOver(String wanted) {
    if (wanted.equals(self)) {
      return CompletableFuture.completedFuture(null);
    }
    if (!wanted.isEmpty() && !consensus.voters().current().contains(wanted)) {
      return refused("server \"" + wanted + "\" is not a voter of this cluster");
    }
    if (mostAdvanced().isEmpty()) {
      return refused("there is no other voter to hand leadership to");
    }
    return submitter.barrier().thenCompose(done -> transfer(wanted));
  }

  private CompletableFuture<Void> transfer(String wanted) {
    Optional<String> target = wanted.isEmpty() ? mostAdvanced() : Optional.of(wanted);
    return target.isEmpty()
        ? refused("there is no other voter to hand leadership to")
        : rounds.withoutLease(() -> consensus.transferTo(target.get(), TRANSFER_PATIENCE));
  }

  /** Of those that answer: in a quiet cluster who has just died has as much as the others. */
  private Optional<String> mostAdvanced() {
    Set<String> voters = consensus.voters().current();
    Set<String> living = remainder.living(voters);
    return consensus.progress().entrySet().stream()
        .filter(member -> voters.contains(member.getKey()))
        .max(
            Comparator.comparing((Map.Entry<String, Long> each) -> living.contains(each.getKey()))
                .thenComparing(Map.Entry::getValue))
        .map(Map.Entry::getKey);
  }

  /** A leader does not remove itself: it hands over, and the question goes to the next one. */
  private CompletableFuture<ByteString> removeHere(MemberName asked) {
    String raftId = asked.getRaftId();
    Consensus.Voters voters = consensus.voters();
    if (!voters.isMember(raftId)) {
      // Done already, perhaps by an earlier attempt of the same caller.
      return CompletableFuture.completedFuture(ByteString.EMPTY);
    }
    if (voters.current().equals(Set.of(raftId))) {
      return notRemoved(asked, "the only server that votes can't be removed");
    }
    return remainder
        .obstacle(raftId)
        .thenCompose(
            why ->
                why.isPresent()
                    ? notRemoved(asked, why.get())
                    : removeDispensable(asked).thenApply(done -> ByteString.EMPTY));
  }

  /** Who asks for itself would ask again after a failure, which may be one of a moment. */
  private static CompletableFuture<ByteString> notRemoved(MemberName asked, String why) {
    return asked.getTerm() > 0
        ? CompletableFuture.completedFuture(
            RemovalReply.newBuilder().setRefusal(why).build().toByteString())
        : Members.<ByteString>refused(why);
  }

  private CompletableFuture<Void> removeDispensable(MemberName asked) {
    if (asked.getRaftId().equals(self)) {
      return handOver("").thenCompose(done -> CompletableFuture.failedFuture(Problems.notLeader()));
    }
    LOG.info("server is removed raft_id={}", asked.getRaftId());
    return removals.remove(asked);
  }

  private static <T> CompletableFuture<T> refused(String why) {
    return CompletableFuture.failedFuture(
        new ProblemException(ProblemCode.FAILED_PRECONDITION, why));
  }

  private static Function<ByteString, CompletableFuture<ByteString>> naming(
      Function<MemberName, CompletableFuture<Void>> action) {
    return request ->
        action.apply(parse(MemberName.parser(), request)).thenApply(done -> ByteString.EMPTY);
  }

  static <M extends Message> M parse(Parser<M> parser, ByteString bytes) {
    try {
      return parser.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new ProblemException(
          ProblemCode.DECODE_FAILED, "a question about members is not readable", e);
    }
  }
}
