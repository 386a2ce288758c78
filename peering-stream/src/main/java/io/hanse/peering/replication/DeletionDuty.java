package io.hanse.peering.replication;

import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.CommandResult;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PurgeImports;
import io.hanse.fsm.row.RemovePeering;
import io.hanse.fsm.view.Peerings;
import io.hanse.peering.protocol.Opening;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Clears away what is left of peerings that ended, one bounded step after the other: imported
 * services, the trust bundle and, where this cluster deleted the peering, its row. A row that the
 * other cluster ended stays, so that operators notice. Used on its loop only.
 */
final class DeletionDuty {
  private static final Logger LOG = LoggerFactory.getLogger(DeletionDuty.class);

  private final Loop loop;
  private final LogWriter writer;
  private final ReplicationSettings settings;
  private final WatchedQuery<List<Peering>> watch;
  private final Set<String> cleared = new TreeSet<>();
  private List<Peering> ended = List.of();
  private boolean isWorking;
  private boolean stopped;

  DeletionDuty(Replication replication) {
    settings = replication.settings();
    loop = replication.loops().newLoop();
    writer = new LogWriter(loop, replication.submitter(), settings.submitAttempts());
    watch =
        WatchedQuery.start(
            loop,
            replication.state(),
            view ->
                new Peerings(view)
                    .all().stream().filter(peering -> !Opening.isActive(peering)).toList(),
            this::endedAre);
  }

  private void endedAre(List<Peering> peerings) {
    ended = peerings;
    cleared.retainAll(peerings.stream().map(Peering::getId).collect(Collectors.toSet()));
    step();
  }

  private void step() {
    Peering next = next();
    if (isWorking || stopped || next == null) {
      return;
    }
    isWorking = true;
    writer
        .submit(
            Command.newBuilder()
                .setPurgeImports(
                    PurgeImports.newBuilder()
                        .setPeer(next.getName())
                        .setNodesMax(settings.purgeNodes()))
                .build())
        .whenComplete((result, failure) -> purged(next, result, failure));
  }

  private @Nullable Peering next() {
    for (Peering peering : ended) {
      if (peering.hasDeletedAt() || !cleared.contains(peering.getId())) {
        return peering;
      }
    }
    return null;
  }

  private void purged(
      Peering peering, @Nullable CommandResult result, @Nullable Throwable failure) {
    if (result == null) {
      stepFailed(peering, failure);
    } else if (!result.getDone()) {
      pause();
    } else if (peering.hasDeletedAt()) {
      remove(peering);
    } else {
      LOG.info("imports of a terminated peering cleared peer={}", peering.getName());
      cleared.add(peering.getId());
      pause();
    }
  }

  private void remove(Peering peering) {
    writer
        .submit(
            Command.newBuilder()
                .setRemovePeering(RemovePeering.newBuilder().setId(peering.getId()))
                .build())
        .whenComplete(
            (result, failure) -> {
              if (failure == null) {
                LOG.info("peering removed peer={} peering={}", peering.getName(), peering.getId());
                pause();
              } else {
                stepFailed(peering, failure);
              }
            });
  }

  private void stepFailed(Peering peering, @Nullable Throwable failure) {
    if (!stopped) {
      LOG.warn(
          "deletion interrupted, trying again peer={} cause={}",
          peering.getName(),
          failure == null ? "" : LogWriter.messageOf(failure));
    }
    pause();
  }

  private void pause() {
    loop.after(
        settings.purgeMillis(),
        () -> {
          isWorking = false;
          step();
        });
  }

  void stop() {
    loop.execute(
        () -> {
          stopped = true;
          watch.close();
        });
  }
}
