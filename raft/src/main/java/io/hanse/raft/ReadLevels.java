package io.hanse.raft;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.port.Leadership.Standing;
import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.store.ReadSet;
import io.hanse.fsm.store.View;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/**
 * Reads of the local replica at three levels of freshness. On a follower the leader is asked for a
 * log index only, once for all reads that wait, and the read is answered here.
 */
public final class ReadLevels implements StateReader {
  private final LeaderStanding standing;
  private final LeaderRoute route;
  private final ReadRounds rounds;
  private final AppliedIndex applied;
  private final LeaderContact contact;
  private final Replica replica;
  private final PeerCalls peers;
  private final Duration callPatience;
  private final CompletableFuture<Void> loaded = new CompletableFuture<>();
  private final Coalesced<Long> leasedPoints = new Coalesced<>(() -> pointOfLeader(false));
  private final Coalesced<Long> confirmedPoints = new Coalesced<>(() -> pointOfLeader(true));

  ReadLevels(
      LeaderStanding standing,
      LeaderRoute route,
      ReadRounds rounds,
      AppliedIndex applied,
      LeaderContact contact,
      Replica replica,
      PeerCalls peers,
      Duration callPatience) {
    this.standing = standing;
    this.route = route;
    this.rounds = rounds;
    this.applied = applied;
    this.contact = contact;
    this.replica = replica;
    this.peers = peers;
    this.callPatience = callPatience;
    standing.onChange(
        now -> {
          leasedPoints.abandon(Problems.notLeader());
          confirmedPoints.abandon(Problems.notLeader());
        });
  }

  /** What there was when this server started can be read: before, not even a stale read can be. */
  void loaded() {
    loaded.complete(null);
  }

  @Override
  public CompletableFuture<Freshness> fresh(Level level, Duration patience) {
    if (level == Level.STALE) {
      return loaded.isDone()
          ? CompletableFuture.completedFuture(freshness())
          : afterwards(loaded.copy(), patience);
    }
    boolean isConsistent = level == Level.CONSISTENT;
    if (!isConsistent && standing.standing().self() && rounds.isLeased()) {
      return CompletableFuture.completedFuture(freshness());
    }
    return route
        .askDirectly(
            patience,
            leader -> {
              if (leader.equals(standing.self())) {
                return point(isConsistent);
              }
              return (isConsistent ? confirmedPoints : leasedPoints).ask();
            })
        .thenCompose(logIndex -> afterwards(applied.await(logIndex), patience));
  }

  private CompletableFuture<Freshness> afterwards(
      CompletableFuture<Void> reached, Duration patience) {
    return reached
        .orTimeout(Math.max(1, patience.toMillis()), TimeUnit.MILLISECONDS)
        .handle(
            (done, failure) -> {
              if (failure == null) {
                return freshness();
              }
              boolean isLate = Problems.code(failure) == ProblemCode.DEADLINE_EXCEEDED;
              throw isLate ? Problems.noLeader() : new CompletionException(Problems.cause(failure));
            });
  }

  /** The log index to read at, while this server leads. */
  CompletableFuture<Long> point(boolean isConsistent) {
    return isConsistent ? rounds.confirm() : rounds.underLease();
  }

  private CompletableFuture<Long> pointOfLeader(boolean isConsistent) {
    return standing
        .standing()
        .leader()
        .map(leader -> peers.readPoint(leader, isConsistent, callPatience))
        .orElseGet(() -> CompletableFuture.failedFuture(Problems.noLeader()));
  }

  @Override
  public Freshness freshness() {
    Standing now = standing.standing();
    long silence = now.self() ? 0 : contact.silenceMillis();
    return new Freshness(now.leader().isPresent(), silence);
  }

  @Override
  public View view() {
    return replica.view();
  }

  @Override
  public Runnable watch(ReadSet reads, long since, Runnable wake) {
    return replica.watch(reads, since, wake);
  }
}
