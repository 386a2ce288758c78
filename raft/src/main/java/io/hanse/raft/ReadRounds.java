package io.hanse.raft;

import io.hanse.fsm.port.Attempt;
import io.hanse.raft.Consensus.Position;
import io.hanse.raft.Consensus.Voters;
import io.hanse.raft.transport.proto.ConfirmReply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The leader's proof that it still leads: a majority that is asked after the read came answers with
 * the leader's own term. A later leader needs a vote of one of them, and a vote raises the term
 * before it is given (Raft §6.4; the library's own read index skips the question on an idle
 * leader).
 *
 * <p>Such a round also gives a lease, for reads that need no proof.
 */
public final class ReadRounds {
  private static final double LEASE_SHARE = 0.9;

  private record Lease(long term, long untilNanos) {}

  private static final Lease NONE = new Lease(-1, 0);

  private final String self;
  private final Consensus consensus;
  private final PeerCalls peers;
  private final RaftSettings.Timing timing;
  private final LongSupplier nanoClock;
  private final Coalesced<Long> rounds = new Coalesced<>(this::round);
  private volatile Lease lease = NONE;
  private volatile long lastRoundNanos;

  /** How many are under way: one that is refused says nothing of the others. */
  private final AtomicInteger transfers = new AtomicInteger();

  public ReadRounds(
      String self,
      Consensus consensus,
      PeerCalls peers,
      RaftSettings.Timing timing,
      LongSupplier nanoClock) {
    this.self = self;
    this.consensus = consensus;
    this.peers = peers;
    this.timing = timing;
    this.nanoClock = nanoClock;
  }

  /**
   * Proves leadership.
   *
   * @return the log index that holds everything acknowledged before the call; fails with {@code
   *     NOT_LEADER}
   */
  CompletableFuture<Long> confirm() {
    return rounds.ask();
  }

  /** The same with the lease where one holds. */
  CompletableFuture<Long> underLease() {
    // Nothing is acknowledged before it is applied here.
    return isLeased()
        ? CompletableFuture.completedFuture(consensus.position().applied())
        : confirm();
  }

  /** Whether the lease holds; it is renewed while reads come. */
  boolean isLeased() {
    Position now = consensus.position();
    if (!now.ready() || !holds(now)) {
      return false;
    }
    long quarter = timing.shortestElectionMillis() * 1_000_000L / 4;
    if (nanoClock.getAsLong() - lastRoundNanos > quarter) {
      rounds.poke();
    }
    return true;
  }

  private boolean holds(Position now) {
    Lease held = lease;
    return transfers.get() == 0
        && held.term == now.term()
        && nanoClock.getAsLong() - held.untilNanos < 0;
  }

  /** Gives leadership away, which no lease foresees: none holds until that has ended. */
  CompletableFuture<Void> withoutLease(Supplier<CompletableFuture<Void>> transfer) {
    transfers.incrementAndGet();
    lease = NONE;
    return Attempt.of(transfer).whenComplete((done, failure) -> transfers.decrementAndGet());
  }

  private CompletableFuture<Long> round() {
    Position position = consensus.position();
    if (!position.ready()) {
      return CompletableFuture.failedFuture(Problems.notLeader());
    }
    long sentNanos = nanoClock.getAsLong();
    lastRoundNanos = sentNanos;
    Voters voters = consensus.voters();
    Set<String> others =
        Stream.concat(voters.current().stream(), voters.previous().stream())
            .filter(id -> !id.equals(self))
            .collect(Collectors.toSet());
    Round round = new Round(position, sentNanos, voters, others.size());
    Duration patience = Duration.ofMillis(timing.longestElectionMillis());
    for (String voter : others) {
      peers
          .confirm(voter, patience)
          .orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
          .whenComplete(
              (reply, failure) -> {
                if (failure == null) {
                  round.answered(voter, reply);
                } else {
                  round.silent();
                }
              });
    }
    round.check();
    return round.result;
  }

  /** One question to all, until a majority has answered or can't any more. */
  private final class Round {
    private final Position position;
    private final long sentNanos;
    private final Voters voters;
    private final AtomicInteger outstanding;
    private final Map<String, ConfirmReply> agreeing = new ConcurrentHashMap<>();
    private final CompletableFuture<Long> result = new CompletableFuture<>();

    Round(Position position, long sentNanos, Voters voters, int others) {
      this.position = position;
      this.sentNanos = sentNanos;
      this.voters = voters;
      this.outstanding = new AtomicInteger(others);
    }

    void answered(String voter, ConfirmReply reply) {
      if (reply.getTerm() > position.term()) {
        result.completeExceptionally(Problems.notLeader());
        return;
      }
      if (reply.getTerm() == position.term()) {
        agreeing.put(voter, reply);
      }
      outstanding.decrementAndGet();
      check();
    }

    void silent() {
      outstanding.decrementAndGet();
      check();
    }

    void check() {
      if (isMajority(voters.current())
          && (voters.previous().isEmpty() || isMajority(voters.previous()))) {
        extendLease();
        result.complete(position.committed());
      } else if (outstanding.get() <= 0) {
        result.completeExceptionally(Problems.notLeader());
      }
    }

    private boolean isMajority(Set<String> of) {
      long agree = of.stream().filter(id -> id.equals(self) || agreeing.containsKey(id)).count();
      return 2 * agree > of.size();
    }

    private void extendLease() {
      long span = (long) (LEASE_SHARE * timing.shortestElectionMillis());
      long age =
          Math.max(ageOfBestMajority(voters.current()), ageOfBestMajority(voters.previous()));
      if (age < span && transfers.get() == 0) {
        lease = new Lease(position.term(), sentNanos + (span - age) * 1_000_000);
      }
    }

    /** Since the oldest message that a majority has certainly had from this leader. */
    private long ageOfBestMajority(Set<String> of) {
      if (of.isEmpty()) {
        return 0;
      }
      List<Long> ages = new ArrayList<>();
      for (String id : of) {
        ages.add(id.equals(self) ? 0 : ageAt(id));
      }
      Collections.sort(ages);
      return ages.get(of.size() / 2);
    }

    private long ageAt(String voter) {
      ConfirmReply reply = agreeing.get(voter);
      if (reply == null || reply.getGrantedPreVote() || !reply.getLeaderRaftId().equals(self)) {
        return Long.MAX_VALUE;
      }
      return reply.getAppendAgeMillis();
    }
  }
}
