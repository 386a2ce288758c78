package io.hanse.raft;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.port.LeaderCall;
import io.hanse.fsm.port.Leadership;
import io.hanse.fsm.row.AutopilotConfiguration;
import io.hanse.fsm.row.Server;
import io.hanse.fsm.view.Autopilot;
import io.hanse.raft.MemberHealth.Verdict;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the group of servers in order while this one leads: gives a vote to a newcomer that proved
 * stable, and takes out servers that died and won't come back. One change at a time, and never one
 * that leaves fewer living voters than a majority.
 *
 * <p>A silent server is taken for dead once another of its name has a vote, or after {@link
 * RaftSettings.Timing#deadAfter}: one that is only being restarted keeps its place.
 */
final class MemberDuty {
  private static final Logger LOG = LoggerFactory.getLogger(MemberDuty.class);

  private static final int APPLICANTS = 64;
  private static final long GONE_NANOS = 3_000_000_000L;

  /** A server that asks to be taken in: since when, when it did so last, and how often in vain. */
  private record Applicant(long sinceNanos, long lastNanos, int attempts) {
    boolean isGone(long now) {
      return now - lastNanos > GONE_NANOS;
    }

    Applicant asks(long now) {
      return new Applicant(sinceNanos, now, attempts);
    }

    Applicant tried() {
      return new Applicant(sinceNanos, lastNanos, attempts + 1);
    }
  }

  private final Leadership leadership;
  private final Consensus consensus;
  private final MemberHealth health;
  private final AddressBook book;
  private final Supplier<AutopilotConfiguration> rules;
  private final java.time.Duration deadAfter;
  private final LongSupplier nanoClock;
  private final Map<String, Applicant> applicants = new ConcurrentHashMap<>();
  private final AtomicBoolean isChanging = new AtomicBoolean();

  MemberDuty(
      Leadership leadership,
      Consensus consensus,
      MemberHealth health,
      AddressBook book,
      LeaderCall leaderCall,
      Supplier<AutopilotConfiguration> rules,
      java.time.Duration deadAfter,
      LongSupplier nanoClock) {
    this.leadership = leadership;
    this.consensus = consensus;
    this.health = health;
    this.book = book;
    this.rules = rules;
    this.deadAfter = deadAfter;
    this.nanoClock = nanoClock;
    leaderCall.serve(Autopilot.HEALTH_CALL, request -> CompletableFuture.completedFuture(report()));
  }

  private ByteString report() {
    return health
        .report(rules.get(), raftId -> book.find(raftId).orElse(Server.getDefaultInstance()))
        .toByteString();
  }

  /**
   * A server asks to be taken in, as it does again and again until it is: it is watched as long as
   * the rules say before it gets a vote. Ratis' listeners would be the other way; one that entered
   * an empty group never becomes ready to vote.
   */
  CompletableFuture<Void> apply(Server joiner) {
    long now = nanoClock.getAsLong();
    if (applicants.size() < APPLICANTS || applicants.containsKey(joiner.getRaftId())) {
      Applicant applicant =
          applicants.compute(
              joiner.getRaftId(),
              (id, before) ->
                  before == null || before.isGone(now)
                      ? new Applicant(now, now, 0)
                      : before.asks(now));
      if (applicant.sinceNanos == now) {
        LOG.info("server asks to join node={} raft_id={}", joiner.getNode(), joiner.getRaftId());
      }
    }
    return CompletableFuture.failedFuture(
        new ProblemException(
            ProblemCode.OVERLOADED,
            "server " + joiner.getNode() + " gets its vote once it has been stable for a while"));
  }

  /** Looks, and begins the change that is due, if there is one. Called from time to time. */
  void look() {
    if (!leadership.standing().self()) {
      health.forget();
      applicants.clear();
      return;
    }
    long now = nanoClock.getAsLong();
    applicants.values().removeIf(applicant -> applicant.isGone(now));
    AutopilotConfiguration current = rules.get();
    Map<String, Verdict> verdicts = new TreeMap<>(health.look(current));
    if (isChanging.get()) {
      return;
    }
    Optional<Map.Entry<String, Applicant>> stable = stableApplicant(current, now);
    Optional<Map.Entry<String, Verdict>> dead =
        current.getCleanupDeadServers() ? deadServer(current, verdicts) : Optional.empty();
    // One that can't be taken in must not keep the group from anything else.
    boolean isTurnOfDead =
        dead.isPresent() && stable.map(one -> one.getValue().attempts > 0).orElse(true);
    if (isTurnOfDead) {
      remove(dead.get().getKey(), dead.get().getValue());
    } else if (stable.isPresent()) {
      takeIn(stable.get().getKey(), current, verdicts);
    }
  }

  /** Of several, the one that was tried least often. */
  private Optional<Map.Entry<String, Applicant>> stableApplicant(
      AutopilotConfiguration current, long now) {
    applicants.keySet().removeAll(consensus.voters().current());
    Duration wanted = current.getServerStabilizationTime();
    long nanos = wanted.getSeconds() * 1_000_000_000 + wanted.getNanos();
    return applicants.entrySet().stream()
        .filter(applicant -> now - applicant.getValue().sinceNanos >= nanos)
        .min(Comparator.comparingInt(applicant -> applicant.getValue().attempts));
  }

  /** A newcomer takes the place of a dead server of its name in one change: no vote is added. */
  private void takeIn(
      String newcomer, AutopilotConfiguration current, Map<String, Verdict> verdicts) {
    Set<String> replaced = new TreeSet<>();
    if (current.getCleanupDeadServers()) {
      verdicts.forEach(
          (raftId, verdict) -> {
            if (!verdict.isAlive() && isNamesake(raftId, newcomer)) {
              replaced.add(raftId);
            }
          });
    }
    LOG.info(
        "server gets its vote node={} raft_id={} replaced={}", node(newcomer), newcomer, replaced);
    applicants.computeIfPresent(newcomer, (id, applicant) -> applicant.tried());
    change(consensus.replace(replaced, newcomer));
  }

  /** The server to take out next: dead by the rules, and not one too many. */
  private Optional<Map.Entry<String, Verdict>> deadServer(
      AutopilotConfiguration current, Map<String, Verdict> verdicts) {
    long silent = verdicts.values().stream().filter(verdict -> !verdict.isAlive()).count();
    // More silent voters than that, and the fault is rather with this side of the network.
    boolean isMinority = silent <= (verdicts.size() - 1) / 2;
    boolean mayShrink = isMinority && verdicts.size() - 1 >= Math.max(1, current.getMinQuorum());
    return verdicts.entrySet().stream()
        .filter(member -> mayShrink && isDead(member.getKey(), member.getValue(), verdicts))
        .findFirst();
  }

  private boolean isDead(String raftId, Verdict verdict, Map<String, Verdict> verdicts) {
    if (verdict.isAlive()) {
      return false;
    }
    boolean isReplaced =
        verdicts.entrySet().stream()
            .anyMatch(other -> other.getValue().isHealthy() && isNamesake(raftId, other.getKey()));
    return isReplaced || verdict.silenceMillis() > deadAfter.toMillis();
  }

  private boolean isNamesake(String raftId, String other) {
    return !raftId.equals(other) && !node(raftId).isEmpty() && node(raftId).equals(node(other));
  }

  private void remove(String dead, Verdict verdict) {
    LOG.warn(
        "dead server is taken out node={} raft_id={} silent_ms={}",
        node(dead),
        dead,
        verdict.silenceMillis());
    change(consensus.removeVoter(dead));
  }

  private void change(CompletableFuture<Void> change) {
    isChanging.set(true);
    change.whenComplete(
        (done, failure) -> {
          isChanging.set(false);
          if (failure != null) {
            LOG.warn(
                "the group of servers was not changed, will be tried again cause=\"{}\"",
                Problems.cause(failure).getMessage());
          }
        });
  }

  private String node(String raftId) {
    return book.find(raftId).map(Server::getNode).orElse("");
  }
}
