package io.hanse.raft;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Whether the servers that would be left without one can go on. From when it is asked for, a change
 * needs a majority of those as well: without it nothing is agreed on any more, and no leader is
 * elected, until one of the silent is back. So each of a majority has to show that it is there: by
 * an answer that is younger than the question, for one that was heard a moment ago may be gone, and
 * a leader that is new has not heard everybody yet.
 */
final class Remainder {
  /** Several heartbeats, also on a busy machine. */
  private static final long LIVING_MILLIS_MIN = 2_000;

  private static final Executor A_LITTLE_LATER =
      CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS);

  private final String self;
  private final Consensus consensus;
  private final long livingMillis;
  private final LongSupplier nanoClock;

  /** Of the server that may lead. */
  Remainder(String self, Consensus consensus, RaftSettings.Timing timing, LongSupplier nanoClock) {
    this.self = self;
    this.consensus = consensus;
    this.livingMillis = Math.max(LIVING_MILLIS_MIN, 2L * timing.longestElectionMillis());
    this.nanoClock = nanoClock;
  }

  /** Why the others can't do without a server; empty, once they are known to be able to. */
  CompletableFuture<Optional<String>> obstacle(String raftId) {
    return look(raftId, nanoClock.getAsLong());
  }

  private CompletableFuture<Optional<String>> look(String raftId, long askedNanos) {
    Set<String> left = new TreeSet<>(consensus.voters().current());
    if (!left.remove(raftId)) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    long waitedMillis = (nanoClock.getAsLong() - askedNanos) / 1_000_000;
    if (isMajority(answeredWithin(waitedMillis, left), left)) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    Set<String> living = answeredWithin(livingMillis, left);
    return isMajority(living, left) && waitedMillis < livingMillis
        ? CompletableFuture.runAsync(() -> {}, A_LITTLE_LATER)
            .thenCompose(later -> look(raftId, askedNanos))
        : CompletableFuture.completedFuture(Optional.of(words(living.size(), left.size())));
  }

  private static boolean isMajority(Set<String> some, Set<String> all) {
    return 2 * some.size() > all.size();
  }

  private static String words(int living, int left) {
    return "the servers that would be left have no majority that answers: "
        + living
        + " of "
        + left
        + "; start the silent ones again, or remove one of those first";
  }

  /** Those of the servers that answered the leader, which is this one, by then. */
  Set<String> living(Set<String> servers) {
    return answeredWithin(livingMillis, servers);
  }

  private Set<String> answeredWithin(long millis, Set<String> servers) {
    Map<String, Long> silences = consensus.silences();
    Set<String> answered = new TreeSet<>(servers);
    answered.removeIf(id -> !id.equals(self) && silences.getOrDefault(id, 0L) > millis);
    return answered;
  }
}
