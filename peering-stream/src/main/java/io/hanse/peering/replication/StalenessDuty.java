package io.hanse.peering.replication;

import io.hanse.fsm.config.PeeringPolicies;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.ImportWithdrawal;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PeeringPolicy;
import io.hanse.fsm.row.WithdrawImports;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Peerings;
import io.hanse.peering.proto.PeerStreamStatus;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does with each peer that nothing is heard of what its policy says: serves on, warns, or withdraws
 * its services from readers until it is heard again. A new leader, which does not know when the
 * peer was heard last, counts from its own beginning. Used on its loop only.
 */
final class StalenessDuty {
  private static final Logger LOG = LoggerFactory.getLogger(StalenessDuty.class);

  /** Between two looks at a peer that is awaited, and after a command that failed. */
  private static final long AGAIN_MILLIS = 500;

  /** What is known of one peering. */
  private record Watched(Peering peering, PeeringPolicy policy, long withdrawnSinceMillis) {
    boolean isWithdrawn() {
      return withdrawnSinceMillis > 0;
    }

    boolean withdraws() {
      return policy.getOnStale().equals(PeeringPolicies.WITHDRAW);
    }

    /** Whether its silence is anybody's business. */
    boolean isMinded() {
      return withdraws() || policy.getOnStale().equals(PeeringPolicies.WARN);
    }
  }

  private final Loop loop;
  private final LogWriter writer;
  private final StreamStatuses statuses;
  private final WatchedQuery<Map<String, Watched>> watch;
  private final Map<String, Long> seenMillis = new TreeMap<>();
  private final Set<String> silent = new TreeSet<>();
  private final Set<String> beingWritten = new TreeSet<>();
  private Map<String, Watched> peerings = Map.of();
  private Runnable cancelNext = () -> {};
  private boolean stopped;

  StalenessDuty(Replication replication) {
    statuses = replication.statuses();
    loop = replication.loops().newLoop();
    writer = new LogWriter(loop, replication.submitter(), replication.settings().submitAttempts());
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
                withdrawal.map(ImportWithdrawal::getSinceMillis).orElse(0L)));
      }
    }
    return all;
  }

  private void peeringsAre(Map<String, Watched> now) {
    peerings = now;
    Map<String, Long> withdrawals = new TreeMap<>();
    now.forEach(
        (id, each) -> {
          seenMillis.putIfAbsent(id, loop.nowMillis());
          if (each.isWithdrawn()) {
            withdrawals.put(id, each.withdrawnSinceMillis());
          }
        });
    seenMillis.keySet().retainAll(now.keySet());
    silent.retainAll(now.keySet());
    if (!stopped) {
      statuses.withdrawalsAre(withdrawals);
      look();
    }
  }

  private void look() {
    cancelNext.run();
    cancelNext = () -> {};
    if (stopped) {
      return;
    }
    long next = Long.MAX_VALUE;
    for (Watched each : peerings.values()) {
      next = Math.min(next, look(each));
    }
    if (next < Long.MAX_VALUE) {
      cancelNext = loop.after(next, this::look);
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
    long silence =
        statuses.silenceMillis(id).orElse(loop.nowMillis() - seenMillis.getOrDefault(id, 0L));
    long left = PeeringPolicies.staleAfterMillis(each.policy()) - silence;
    if (left <= 0) {
      fellSilent(each, silence);
      return AGAIN_MILLIS;
    }
    if (silent.remove(id)) {
      LOG.info("peer is heard again peer={}", each.peering().getName());
    }
    if (each.isWithdrawn() && (!each.withdraws() || isWhole(id))) {
      giveBack(each);
    }
    return each.isWithdrawn() ? AGAIN_MILLIS : left;
  }

  private void fellSilent(Watched each, long silence) {
    if (silent.add(each.peering().getId())) {
      LOG.warn(
          "nothing was heard of a peer for longer than its policy allows peer={} silenceMillis={}"
              + " policy={}",
          each.peering().getName(),
          silence,
          each.policy().getOnStale());
    }
    if (each.withdraws() && !each.isWithdrawn()) {
      write(each, /* withdrawn= */ true);
    } else if (!each.withdraws()) {
      giveBack(each);
    }
  }

  /** Connected, this connection brought something, and nothing of it is still to be stored. */
  private boolean isWhole(String id) {
    PeerStreamStatus status = statuses.status(id);
    return status.getConnected()
        && status.getLastReceiveSuccessMillis() > status.getDisconnectMillis()
        && status.getPendingImports() == 0;
  }

  private void giveBack(Watched each) {
    if (each.isWithdrawn()) {
      write(each, /* withdrawn= */ false);
    }
  }

  private void write(Watched each, boolean withdrawn) {
    String id = each.peering().getId();
    if (!beingWritten.add(id)) {
      return;
    }
    WithdrawImports.Builder command =
        WithdrawImports.newBuilder().setPeer(each.peering().getName()).setWithdrawn(withdrawn);
    if (withdrawn) {
      command.setSinceMillis(loop.nowMillis());
    }
    writer
        .submit(Command.newBuilder().setWithdrawImports(command).build())
        .whenComplete(
            (result, failure) -> {
              beingWritten.remove(id);
              if (failure == null) {
                LOG.info(
                    "services of a peer {} peer={}",
                    withdrawn ? "withdrawn" : "given back",
                    each.peering().getName());
              } else if (!stopped) {
                LOG.warn(
                    "services of a peer not {}, trying again peer={} cause={}",
                    withdrawn ? "withdrawn" : "given back",
                    each.peering().getName(),
                    LogWriter.messageOf(failure));
                cancelNext.run();
                cancelNext = loop.after(AGAIN_MILLIS, this::look);
              }
            });
  }

  void stop() {
    loop.execute(
        () -> {
          stopped = true;
          cancelNext.run();
          watch.close();
        });
  }
}
