package io.hanse.peering.replication;

import io.hanse.fsm.config.PeeringPolicies;
import io.hanse.fsm.row.ImportWithdrawal;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PeeringPolicy;
import io.hanse.fsm.row.PeeringSecrets;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Peerings;
import io.hanse.peering.proto.PeerStreamStatus;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does with each peer that nothing is heard of what its policy says: serves on, warns, or withdraws
 * its services from readers until it is heard again. A new leader goes on counting where an earlier
 * one noted that the peer was heard. Since the cluster itself may have stood still meanwhile, it
 * gives the peer a short time to be heard before it does anything. Where this process stood still
 * while it led, that time does not count. Used on its loop only.
 */
final class StalenessDuty {
  private static final Logger LOG = LoggerFactory.getLogger(StalenessDuty.class);

  /** Between two looks at a peer that is awaited, and after a command that failed. */
  private static final long AGAIN_MILLIS = 500;

  /** As many are missing where readers are told that a peering is FAILING. */
  private static final long HEARTBEATS_MISSED = 3;

  /** For a new leader to hear a peer that it dials. A dial takes about a second. */
  private static final long DIALED_GRACE_MILLIS = 5_000;

  /** For a new leader to hear a peer that dials, which tries every eight seconds. */
  private static final long AWAITED_GRACE_MILLIS = 10_000;

  /** So long, or half the bound, what is withdrawn waits for the word that all is here. */
  private static final long COMPARED_MILLIS_MAX = 30_000;

  /** So long it waits at most for a moment at which nothing is to be stored. */
  private static final long STORED_MILLIS_MAX = 5_000;

  /**
   * What is known of one peering.
   *
   * @param isLinked it has another end, which came once or is dialed
   */
  private record Watched(
      Peering peering, PeeringPolicy policy, long withdrawnSinceMillis, boolean isLinked) {
    boolean isWithdrawn() {
      return withdrawnSinceMillis > 0;
    }

    boolean withdraws() {
      return policy.getOnStale().equals(PeeringPolicies.WITHDRAW);
    }

    /** Whether its silence is anybody's business: who never came has not fallen silent. */
    boolean isMinded() {
      return isLinked && (withdraws() || policy.getOnStale().equals(PeeringPolicies.WARN));
    }

    long boundMillis() {
      return PeeringPolicies.staleAfterMillis(policy);
    }

    long graceMillis() {
      return Peerings.dials(peering) ? DIALED_GRACE_MILLIS : AWAITED_GRACE_MILLIS;
    }
  }

  private final Loop loop;
  private final WithdrawalWrites withdrawals;
  private final StreamStatuses statuses;
  private final WatchedQuery<Map<String, Watched>> watch;
  private final HeardNotes notes;
  private final SilenceNews news;
  private final Consumer<String> alarm;
  private final Consumer<String> relief;
  private final Standstill standstill;
  private final ExcusedSilences excused = new ExcusedSilences();
  private final long beganMillis;

  /** From then on peers have their short time to be heard. */
  private long graceBeganMillis;

  private final Map<String, Long> seenMillis = new TreeMap<>();
  private final Set<String> silent = new TreeSet<>();

  /** When a look found a peer silent last. */
  private final Map<String, Long> silentMillis = new TreeMap<>();

  private Map<String, Watched> peerings = Map.of();
  private final Tally failures = new Tally(1);
  private Runnable cancelNext = () -> {};

  /** Read on the loop, set by whoever ends the leadership, before statuses are forgotten. */
  private volatile boolean stopped;

  StalenessDuty(Replication replication) {
    this(replication, LOG::warn, LOG::info);
  }

  /**
   * Begins to look.
   *
   * @param alarm takes a line when a peer falls silent, whatever its policy
   * @param relief takes one when it is back
   */
  StalenessDuty(Replication replication, Consumer<String> alarm, Consumer<String> relief) {
    this.alarm = alarm;
    this.relief = relief;
    statuses = replication.statuses();
    loop = replication.loops().newLoop();
    LogWriter writer =
        new LogWriter(loop, replication.submitter(), replication.settings().submitAttempts());
    withdrawals = new WithdrawalWrites(loop, writer, this::notWritten);
    news = new SilenceNews(HEARTBEATS_MISSED * replication.settings().stream().heartbeatMillis());
    standstill = new Standstill(loop);
    beganMillis = loop.nowMillis();
    graceBeganMillis = beganMillis;
    notes = new HeardNotes(loop, writer, replication.state(), statuses);
    notes.silences().forEach((id, silence) -> statuses.heardEarlier(id, silence, beganMillis));
    watch = WatchedQuery.start(loop, replication.state(), StalenessDuty::minded, this::peeringsAre);
  }

  private static Map<String, Watched> minded(View view) {
    Map<String, Watched> all = new TreeMap<>();
    Peerings peerings = new Peerings(view);
    for (Peering peering : peerings.all()) {
      if (Peerings.isActive(peering)) {
        Optional<ImportWithdrawal> withdrawal = peerings.withdrawal(peering.getName());
        all.put(
            peering.getId(),
            new Watched(
                peering,
                peerings.policy(peering.getName()),
                withdrawal.map(ImportWithdrawal::getSinceMillis).orElse(0L),
                isLinked(peerings, peering)));
      }
    }
    return all;
  }

  private static boolean isLinked(Peerings peerings, Peering peering) {
    return peerings
        .secrets(peering.getId())
        .map(PeeringSecrets::getActiveStream)
        .filter(secret -> !secret.isEmpty())
        .isPresent();
  }

  private void peeringsAre(Map<String, Watched> now) {
    peerings = now;
    Map<String, Long> withdrawn = new TreeMap<>();
    now.forEach(
        (id, each) -> {
          seenMillis.putIfAbsent(id, loop.nowMillis());
          if (each.isWithdrawn()) {
            withdrawn.put(id, each.withdrawnSinceMillis());
          }
        });
    seenMillis.keySet().retainAll(now.keySet());
    silent.retainAll(now.keySet());
    news.retain(now.keySet());
    excused.retain(now.keySet());
    silentMillis.keySet().retainAll(now.keySet());
    if (!stopped) {
      now.forEach(this::await);
      statuses.withdrawalsAre(withdrawn);
      look();
    }
  }

  private void await(String id, Watched each) {
    if (each.isLinked()) {
      statuses.awaited(id);
    }
  }

  private void look() {
    cancelNext.run();
    cancelNext = () -> {};
    if (stopped) {
      return;
    }
    long next = AGAIN_MILLIS;
    try {
      next = lookAtAll();
    } catch (RuntimeException | Error e) {
      failed("", e);
    }
    if (next < Long.MAX_VALUE) {
      lookIn(next);
    } else {
      standstill.rest();
    }
  }

  private long lookAtAll() {
    excuseStandstill();
    long next = Long.MAX_VALUE;
    Map<String, Long> minded = new TreeMap<>();
    for (Watched each : peerings.values()) {
      try {
        next = Math.min(next, Math.min(look(each), tell(each)));
      } catch (RuntimeException | Error e) {
        // The others' silence is minded all the same.
        failed(each.peering().getName(), e);
        next = Math.min(next, AGAIN_MILLIS);
      }
      if (each.isMinded()) {
        minded.put(each.peering().getId(), each.boundMillis());
      }
    }
    if (!stopped) {
      notes.look(minded);
    }
    return next;
  }

  private void failed(String peer, Throwable failure) {
    if (failures.add()) {
      LOG.error("silence not looked at, trying again peer={}", peer, failure);
    }
  }

  private void lookIn(long millis) {
    cancelNext.run();
    cancelNext = loop.after(millis, this::look);
    standstill.dueIn(millis);
  }

  /** What peers said meanwhile may still be in the sockets. */
  private void excuseStandstill() {
    long millis = standstill.look();
    if (millis > 0) {
      LOG.warn("this process stood still, which is no silence of its peers millis={}", millis);
      graceBeganMillis += millis;
      for (String id : peerings.keySet()) {
        excused.excuse(id, heardBeforeMillis(id), millis, loop.nowMillis());
      }
    }
  }

  /** Answers after how many milliseconds to look again; never, where only a change is awaited. */
  private long look(Watched each) {
    String id = each.peering().getId();
    if (!each.isMinded()) {
      silent.remove(id);
      giveBack(each);
      return Long.MAX_VALUE;
    }
    long silence = silenceMillis(id);
    long left = unlessNew(each, each.boundMillis() - silence);
    if (stopped) {
      // What was read may be forgotten already: then every peer looks silent.
      return Long.MAX_VALUE;
    }
    if (left <= 0) {
      silentMillis.put(id, loop.nowMillis());
      fellSilent(each, silence);
      return AGAIN_MILLIS;
    }
    if (silent.remove(id)) {
      LOG.info("peer is heard again peer={}", each.peering().getName());
    }
    if (each.isWithdrawn() && (!each.withdraws() || isWhole(each))) {
      giveBack(each);
    }
    return Math.min(left, each.isWithdrawn() ? AGAIN_MILLIS : Standstill.LOOK_MILLIS);
  }

  private long silenceMillis(String id) {
    return excused.countedMillis(id, heardBeforeMillis(id), loop.nowMillis());
  }

  private long heardBeforeMillis(String id) {
    return statuses
        .silenceMillis(id)
        .orElseGet(() -> loop.nowMillis() - seenMillis.getOrDefault(id, 0L));
  }

  /** What is left of a bound; more, where a new leader has yet to hear the peer. */
  private long unlessNew(Watched each, long left) {
    return statuses.isHeard(each.peering().getId())
        ? left
        : Math.max(left, graceBeganMillis + each.graceMillis() - loop.nowMillis());
  }

  /** Operators hear of a peer's silence without a policy, too. Answers when to look again. */
  private long tell(Watched each) {
    String id = each.peering().getId();
    if (!each.isLinked()) {
      return Long.MAX_VALUE;
    }
    long silence = silenceMillis(id);
    long left = unlessNew(each, news.leftMillis(silence));
    if (stopped) {
      return Long.MAX_VALUE;
    }
    if (left >= 0) {
      if (news.isBack(id)) {
        relief.accept("peering is well again peer=" + each.peering().getName());
      }
      return Math.min(left + 1, Standstill.LOOK_MILLIS);
    }
    news.fellSilent(id, silence)
        .ifPresent(
            span ->
                alarm.accept(
                    "%s peer=%s silent=%s role=%s"
                        .formatted(
                            statuses.isHeard(id)
                                ? "peering is FAILING, the peer is not heard"
                                : "the peer is not heard since this server leads",
                            each.peering().getName(),
                            span,
                            Peerings.dials(each.peering()) ? "dialer" : "acceptor")));
    return Standstill.LOOK_MILLIS;
  }

  private void fellSilent(Watched each, long silence) {
    if (silent.add(each.peering().getId())) {
      LOG.warn(
          "nothing was heard of a peer for longer than its policy allows peer={} silent_ms={}"
              + " policy={}",
          each.peering().getName(),
          silence,
          each.policy().getOnStale());
    }
    if (each.withdraws() && !each.isWithdrawn()) {
      withdrawals.write(each.peering(), /* withdrawn= */ true);
    } else if (!each.withdraws()) {
      giveBack(each);
    }
  }

  /**
   * Connected, this connection brought something, and nothing that changed meanwhile is missing: a
   * Consul sends all anew, and all of it is stored. Another Hanse has said, after the silence, that
   * all it had is here. Unless that takes too long.
   */
  private boolean isWhole(Watched each) {
    String id = each.peering().getId();
    PeerStreamStatus status = statuses.status(id);
    boolean isBack =
        status.getConnected()
            && status.getLastReceiveSuccessMillis() > status.getDisconnectMillis();
    if (!isBack) {
      return false;
    }
    long since = silentMillis.getOrDefault(id, beganMillis);
    long waited = loop.nowMillis() - since;
    return isComplete(id, status, since, waited)
        || waited >= Math.min(COMPARED_MILLIS_MAX, each.boundMillis() / 2);
  }

  private boolean isComplete(String id, PeerStreamStatus status, long since, long waited) {
    if (!status.getInChanges()) {
      return status.getPendingImports() == 0 && statuses.isAllStored(id);
    }
    // On a connection that survived the silence, changes may come right behind an old word.
    boolean isStored = status.getPendingImports() == 0 || waited >= STORED_MILLIS_MAX;
    return isStored && statuses.allSaidMillis(id) > since;
  }

  private void giveBack(Watched each) {
    if (each.isWithdrawn()) {
      withdrawals.write(each.peering(), /* withdrawn= */ false);
    }
  }

  /** Answers whether it is to be tried again. */
  private boolean notWritten() {
    if (!stopped) {
      lookIn(AGAIN_MILLIS);
    }
    return !stopped;
  }

  /** Writes nothing more that it did not decide on before. Safe from any thread. */
  void stop() {
    stopped = true;
    loop.execute(
        () -> {
          cancelNext.run();
          watch.close();
        });
  }
}
