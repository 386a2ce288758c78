package io.hanse.raft;

import com.google.protobuf.ByteString;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.raft.transport.proto.MemberName;
import io.hanse.raft.transport.proto.RemovalReply;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This server's way out of its group: it asks to be let go until it is, or until its time is over.
 */
final class Leave {
  private static final Logger LOG = LoggerFactory.getLogger(Leave.class);

  /** A leader that leaves hands over, is followed by another, and asks that one. */
  private static final int HOLDS = 3;

  private static final Executor A_LITTLE_LATER =
      CompletableFuture.delayedExecutor(100, TimeUnit.MILLISECONDS);

  private final LeaderStanding standing;
  private final Consensus consensus;
  private final Promises promises;
  private final Neighbours neighbours;
  private final LeaderCalls leaderCalls;
  private final Duration hold;
  private final Duration patience;
  private final Executor joiner;

  /**
   * @param joiner where the exchange with the neighbours goes on as well
   */
  Leave(
      LeaderStanding standing,
      Consensus consensus,
      Promises promises,
      Neighbours neighbours,
      LeaderCalls leaderCalls,
      RaftSettings.Timing timing,
      Executor joiner) {
    this.standing = standing;
    this.consensus = consensus;
    this.promises = promises;
    this.neighbours = neighbours;
    this.leaderCalls = leaderCalls;
    this.hold = timing.hold();
    this.patience = patience(timing);
    this.joiner = joiner;
  }

  /** For so long a server asks to be let go. */
  static Duration patience(RaftSettings.Timing timing) {
    return timing.hold().multipliedBy(HOLDS);
  }

  CompletableFuture<Void> run() {
    boolean isAlone = consensus.voters().current().equals(Set.of(standing.self()));
    if (!promises.isRemoved() && (isAlone || !promises.isFormed())) {
      return CompletableFuture.completedFuture(null);
    }
    LOG.info("this server leaves the others raft_id={}", standing.self());
    try {
      promises.resolveToLeave();
    } catch (IOException e) {
      return CompletableFuture.failedFuture(e);
    }
    CompletableFuture<Void> removed =
        promises.isRemoved() ? CompletableFuture.completedFuture(null) : new Attempts().next();
    // On the thread of the exchange, which may be told of the removal meanwhile.
    return removed
        .thenRunAsync(promises::startOver, joiner)
        .whenComplete(
            (done, failure) -> {
              if (failure != null) {
                promises.leaveFailed();
              }
            });
  }

  /** One after the other. */
  private final class Attempts {
    private final long deadline = System.nanoTime() + patience.toNanos();

    /** What a leader said last, which says more than that nobody answers since. */
    private Optional<ProblemException> answer = Optional.empty();

    CompletableFuture<Void> next() {
      return leaderCalls
          .call(Members.REMOVE, this::question, attempt())
          .handle((reply, failure) -> failure == null ? answered(reply) : failed(failure))
          .thenCompose(outcome -> outcome);
    }

    /** Without a leader, time to look who is there is in between. */
    private Duration attempt() {
      return Duration.ofNanos(Math.max(0, Math.min(hold.toNanos(), left())));
    }

    private CompletableFuture<Void> answered(ByteString reply) {
      String refusal = Members.parse(RemovalReply.parser(), reply).getRefusal();
      return refusal.isEmpty()
          ? done()
          : CompletableFuture.failedFuture(
              new ProblemException(ProblemCode.FAILED_PRECONDITION, refusal));
    }

    private ByteString question(long term) {
      return MemberName.newBuilder()
          .setRaftId(standing.self())
          .setLeave(promises.leaves())
          .setTerm(term)
          .build()
          .toByteString();
    }

    private long left() {
      return deadline - System.nanoTime();
    }

    private CompletableFuture<Void> failed(Throwable failure) {
      Throwable cause = Problems.cause(failure);
      if (!(cause instanceof ProblemException problem) || !mayChange(problem.code())) {
        return CompletableFuture.failedFuture(cause);
      }
      note(problem);
      if (left() <= 0 || standing.closedBy().isPresent()) {
        return CompletableFuture.failedFuture(outcome(problem));
      }
      return switch (problem.code()) {
        case FAILED_PRECONDITION, NO_LEADER ->
            CompletableFuture.supplyAsync(this::isLetGo, joiner)
                .thenCompose(isLetGo -> isLetGo ? done() : kept(problem));
        default -> later();
      };
    }

    private CompletableFuture<Void> kept(ProblemException problem) {
      return problem.code() == ProblemCode.NO_LEADER && !isMajority(reached())
          ? CompletableFuture.failedFuture(unled(problem))
          : later();
    }

    /** A question that is late was asked again and again: what that ended with is behind it. */
    private void note(ProblemException problem) {
      if (problem.code() != ProblemCode.DEADLINE_EXCEEDED) {
        answer = Problems.isElsewhere(problem) ? answer : Optional.of(problem);
      } else if (answer.isEmpty() && problem.getCause() instanceof ProblemException said) {
        answer = Optional.of(said);
      }
    }

    private CompletableFuture<Void> later() {
      return CompletableFuture.runAsync(() -> {}, A_LITTLE_LATER).thenCompose(later -> next());
    }

    /**
     * Who was let go, and did not hear it, is a stranger to the leader when it asks again, or is
     * told of no leader any more.
     */
    private boolean isLetGo() {
      neighbours.exchange();
      return neighbours.saysRemoved();
    }

    private boolean isMajority(long voters) {
      return 2 * voters > consensus.voters().current().size();
    }

    private long reached() {
      return consensus.voters().current().stream()
          .filter(id -> id.equals(standing.self()) || neighbours.lately(id).isPresent())
          .count();
    }

    /** What clients know it by comes first. */
    private ProblemException unled(ProblemException last) {
      long reached = reached();
      return new ProblemException(
          ProblemCode.FAILED_PRECONDITION,
          last.getMessage()
              + ": only a majority of the voters can let this server go, and it reaches "
              + reached
              + " of "
              + consensus.voters().current().size()
              + (isMajority(reached)
                  ? "; let it leave once one of them leads"
                  : "; start the others again and let it leave then, or stop it without leaving:"
                      + " it keeps its place"),
          last);
    }

    private ProblemException outcome(ProblemException last) {
      return answer
          .map(
              said ->
                  new ProblemException(
                      said.code(),
                      "the others did not let this server go within "
                          + patience.toMillis() / 1000.0
                          + " s: "
                          + said.getMessage(),
                      last))
          .orElseGet(() -> Problems.isElsewhere(last) ? unled(last) : last);
    }
  }

  private static CompletableFuture<Void> done() {
    return CompletableFuture.completedFuture(null);
  }

  /** Another leader may answer otherwise, or the same one once it has heard more of the others. */
  private static boolean mayChange(ProblemCode code) {
    return switch (code.category()) {
      case RETRY, UNKNOWN -> true;
      default -> code == ProblemCode.CONFLICT || code == ProblemCode.FAILED_PRECONDITION;
    };
  }
}
