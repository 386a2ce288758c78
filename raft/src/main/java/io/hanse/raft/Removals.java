package io.hanse.raft;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.port.Attempt;
import io.hanse.raft.transport.proto.Account;
import io.hanse.raft.transport.proto.MemberName;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * The removals that this server is asked for as the leader, and whom it has told that they are
 * kept. Who is told so goes on: what it had asked for before, and comes late, is void.
 *
 * <p>This server remembers that itself, and no other one needs to: a server that asks to be removed
 * does so in a term, and only the leader of that term does it. When a later leader tells that a
 * server is kept, a majority follows that one: an earlier leader gets nothing agreed on any more,
 * though it may think that it leads still.
 */
final class Removals {
  private final Consensus consensus;

  /** How many of each server. */
  private final Map<String, Integer> underWay = new TreeMap<>();

  /** The last leave of each server that is void. */
  private final Map<String, Integer> voidLeaves = new TreeMap<>();

  Removals(Consensus consensus) {
    this.consensus = consensus;
  }

  CompletableFuture<Void> remove(MemberName asked) {
    String raftId = asked.getRaftId();
    if (asked.getTerm() > 0 && asked.getTerm() != consensus.position().term()) {
      return CompletableFuture.failedFuture(Problems.notLeader());
    }
    if (!begin(raftId, asked.getLeave())) {
      return CompletableFuture.failedFuture(
          new ProblemException(
              ProblemCode.CONFLICT,
              "server " + raftId + " was told meanwhile that it is kept; let it leave once more"));
    }
    return Attempt.of(() -> consensus.removeVoter(raftId))
        .whenComplete((done, failure) -> ended(raftId));
  }

  private synchronized boolean begin(String raftId, int leave) {
    if (leave > 0 && leave <= voidLeaves.getOrDefault(raftId, 0)) {
      return false;
    }
    underWay.merge(raftId, 1, Integer::sum);
    return true;
  }

  private synchronized void ended(String raftId) {
    underWay.computeIfPresent(raftId, (id, count) -> count == 1 ? null : count - 1);
  }

  /** Whether the caller, which may have left, can be told that it has not, nor will have. */
  synchronized boolean keeps(Account caller) {
    String raftId = caller.getServer().getRaftId();
    if (underWay.containsKey(raftId) || !consensus.isKept(raftId)) {
      return false;
    }
    voidLeaves.keySet().retainAll(consensus.voters().all());
    voidLeaves.merge(raftId, caller.getLeaves(), Math::max);
    return true;
  }
}
