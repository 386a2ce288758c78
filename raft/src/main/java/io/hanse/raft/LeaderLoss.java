package io.hanse.raft;

import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a closed connection to the leader as a hint that it died, and calls an election as soon as
 * one may be called: not before the shortest election timeout since the leader was last heard,
 * which leases rest on. Left to itself a follower sleeps one to two timeouts before it looks.
 */
final class LeaderLoss {
  private static final Logger LOG = LoggerFactory.getLogger(LeaderLoss.class);

  private final LeaderStanding standing;
  private final Consensus consensus;
  private final LeaderContact contact;
  private final RaftSettings.Timing timing;
  private final ScheduledExecutorService timer;
  private final AtomicBoolean isWaiting = new AtomicBoolean();

  LeaderLoss(
      LeaderStanding standing,
      Consensus consensus,
      LeaderContact contact,
      RaftSettings.Timing timing,
      ScheduledExecutorService timer) {
    this.standing = standing;
    this.consensus = consensus;
    this.contact = contact;
    this.timing = timing;
    this.timer = timer;
  }

  /** Any thread. */
  void suspected(String leader) {
    int rank = rank(leader);
    // A leader has several streams, which end together.
    if (rank >= 0 && !timer.isShutdown() && isWaiting.compareAndSet(false, true)) {
      timer.schedule(() -> look(leader), delayMillis(rank), TimeUnit.MILLISECONDS);
    }
  }

  /** The place among those who may follow the leader, so that they do not stand at once. */
  private int rank(String leader) {
    List<String> others =
        consensus.voters().current().stream().filter(id -> !id.equals(leader)).sorted().toList();
    return others.indexOf(standing.self());
  }

  /** A little more than the timeout: the other voters heard the leader a little later, perhaps. */
  private long delayMillis(int rank) {
    long shortest = timing.shortestElectionMillis();
    long left = Math.max(0, shortest - contact.silenceMillis());
    return left + shortest / 6 + rank * shortest / 3;
  }

  private void look(String leader) {
    isWaiting.set(false);
    boolean isStillTheLeader = standing.standing().leader().filter(leader::equals).isPresent();
    boolean isSilent =
        contact.lastLeader().filter(leader::equals).isPresent()
            && contact.silenceMillis() >= timing.shortestElectionMillis();
    if (isStillTheLeader && isSilent) {
      LOG.info(
          "leader is gone, election called leader={} silent_ms={}",
          leader,
          contact.silenceMillis());
      consensus.callElection();
    }
  }
}
