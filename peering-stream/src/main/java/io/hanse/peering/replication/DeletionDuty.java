package io.hanse.peering.replication;

import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.CommandResult;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PeeringSecrets;
import io.hanse.fsm.row.PeeringState;
import io.hanse.fsm.row.RemovePeering;
import io.hanse.fsm.store.Key;
import io.hanse.fsm.store.TableId;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Peerings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
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

  /** So long a stream that is there has to say farewell. */
  private static final long DIALER_MILLIS_MAX = 1_000;

  /**
   * What is looked at.
   *
   * @param active ids of peerings that are not ended
   * @param redeemed those of them whose token a dialer has redeemed
   * @param index at which it was so
   * @param generation of the state: a restore begins another
   */
  private record Known(
      List<Peering> ended, Set<String> active, Set<String> redeemed, long index, long generation) {
    static Known at(View view) {
      Peerings peerings = new Peerings(view);
      List<Peering> ended = new ArrayList<>();
      Set<String> active = new TreeSet<>();
      Set<String> redeemed = new TreeSet<>();
      for (Peering peering : peerings.all()) {
        if (!Peerings.isActive(peering)) {
          ended.add(peering);
          continue;
        }
        active.add(peering.getId());
        if (!Peerings.dials(peering)
            && peerings.secrets(peering.getId()).filter(Known::areRedeemed).isPresent()) {
          redeemed.add(peering.getId());
        }
      }
      long generation = view.reads().generation();
      return new Known(ended, active, redeemed, view.publicIndex(), generation);
    }

    private static boolean areRedeemed(PeeringSecrets secrets) {
      return !secrets.getPendingStream().isEmpty() || !secrets.getActiveStream().isEmpty();
    }
  }

  private final Loop loop;
  private final StateReader state;
  private final LogWriter writer;
  private final ReplicationSettings settings;
  private final WatchedQuery<Known> watch;
  private final StreamStatuses statuses;
  private final Farewells farewells;
  private final KeptOffers kept;
  private final Set<String> cleared = new TreeSet<>();

  /** A dialer can come to these, whether it did before or not. */
  private final Set<String> redeemed = new TreeSet<>();

  /** Deleted before this server led: of their tokens nothing is known any more. */
  private final Set<String> inherited = new TreeSet<>();

  private boolean isFirstLook = true;

  /** What an archive has brought back was cleared away at no index beyond this one. */
  private long restoredIndex;

  private long generation;

  private final Map<String, Long> seenMillis = new TreeMap<>();
  private List<Peering> ended = List.of();
  private boolean isWorking;
  private boolean stopped;

  DeletionDuty(Replication replication) {
    settings = replication.settings();
    statuses = replication.statuses();
    farewells = replication.farewells();
    kept = replication.kept();
    loop = replication.loops().newLoop();
    state = replication.state();
    writer = new LogWriter(loop, replication.submitter(), settings.submitAttempts());
    loop.execute(this::dropLeftParts);
    watch = WatchedQuery.start(loop, state, Known::at, this::knownIs);
  }

  /**
   * What who led before had begun to lay down, nobody will complete. The next stream drops it, too;
   * but there may be none for long.
   */
  private void dropLeftParts() {
    List<Command> drops = new ArrayList<>();
    try (View view = state.view()) {
      Peerings peerings = new Peerings(view);
      for (Peering peering : peerings.all()) {
        if (Peerings.isActive(peering)
            && view.hasAny(TableId.IMPORT_PARTS, Key.ofPeer(peering.getName()))) {
          long fence =
              peerings.secrets(peering.getId()).map(PeeringSecrets::getImportFence).orElse(0L);
          drops.add(ChangeIntake.dropOfParts(peering.getName(), fence));
        }
      }
    } catch (ProblemException e) {
      LOG.debug("parts of imports not looked for cause={}", e.getMessage());
    }
    drops.forEach(writer::submit);
  }

  private void knownIs(Known known) {
    List<Peering> before = ended;
    ended = known.ended();
    List<String> ids = ended.stream().map(Peering::getId).toList();
    // Established anew, by the same id: that it ended before is no farewell to come.
    known.active().forEach(farewells::forget);
    for (Peering peering : before) {
      if (!ids.contains(peering.getId()) && !known.active().contains(peering.getId())) {
        isNoMore(peering);
      }
    }
    ids.forEach(kept::forget);
    if (generation != known.generation()) {
      generation = known.generation();
      restoredIndex = known.index();
      cleared.clear();
    }
    cleared.retainAll(ids);
    seenMillis.keySet().retainAll(ids);
    for (Peering peering : ended) {
      if (seenMillis.putIfAbsent(peering.getId(), loop.nowMillis()) == null && !isFirstLook) {
        LOG.info(
            peering.getState() == PeeringState.TERMINATED
                ? "peering was ended by the other cluster peer={} peering={}"
                : "peering is being deleted peer={} peering={}",
            peering.getName(),
            peering.getId());
      }
    }
    // The secrets are gone with the deletion.
    redeemed.retainAll(ids);
    redeemed.addAll(known.redeemed());
    inherited.retainAll(ids);
    if (isFirstLook) {
      isFirstLook = false;
      inherited.addAll(ids);
    }
    // Who ended it need not be told, should it be deleted here, too.
    ended.stream()
        .filter(each -> each.getState() == PeeringState.TERMINATED)
        .map(Peering::getId)
        .forEach(farewells::done);
    step();
  }

  private void step() {
    if (isWorking || stopped) {
      return;
    }
    boolean waits = false;
    for (Peering peering : ended) {
      if (!cleared.contains(peering.getId())) {
        isWorking = true;
        purge(peering);
        return;
      }
      if (peering.hasDeletedAt() && mayBeForgotten(peering)) {
        isWorking = true;
        remove(peering);
        return;
      }
      waits |= peering.hasDeletedAt();
    }
    if (waits) {
      isWorking = true;
      pause();
    }
  }

  /**
   * Once the row is gone, a dialer that was away hears only that nobody knows it, and tries for
   * ever. So the row of an acceptor stays until the other end was told, or there was the time for
   * it. Where this cluster dials, its {@link DialLoop} tells the other one without a row, too: it
   * goes as soon as a Consul's, for those who wait for that.
   */
  private boolean mayBeForgotten(Peering peering) {
    String id = peering.getId();
    long waited = loop.nowMillis() - seenMillis.getOrDefault(id, 0L);
    if (farewells.isDone(id)) {
      return true;
    }
    return Peerings.dials(peering)
        ? waited >= DIALER_MILLIS_MAX
        : !mayHaveDialer(peering) || waited >= settings.farewellMillisMax();
  }

  private boolean mayHaveDialer(Peering peering) {
    return redeemed.contains(peering.getId())
        || inherited.contains(peering.getId())
        || !peering.getRemote().getDatacenter().isEmpty();
  }

  private void purge(Peering peering) {
    Command step;
    try (View view = state.view()) {
      step = PurgeStep.of(view, peering.getName(), settings.purgeNodes());
    } catch (RuntimeException | Error e) {
      stepFailed(peering, e);
      return;
    }
    writer.submit(step).whenComplete((result, failure) -> purged(peering, result, failure));
  }

  private void purged(
      Peering peering, @Nullable CommandResult result, @Nullable Throwable failure) {
    if (result == null) {
      stepFailed(peering, failure);
      return;
    }
    if (result.getDone() && result.getIndex() > restoredIndex) {
      LOG.info("imports of an ended peering cleared peer={}", peering.getName());
      cleared.add(peering.getId());
    }
    pause();
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
                pause();
              } else {
                // An archive may have brought back what was cleared away.
                cleared.remove(peering.getId());
                stepFailed(peering, failure);
              }
            });
  }

  /** By this duty, or by who wanted the name. */
  private void isNoMore(Peering peering) {
    statuses.removed(peering.getId());
    farewells.forget(peering.getId());
    LOG.info("peering removed peer={} peering={}", peering.getName(), peering.getId());
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
