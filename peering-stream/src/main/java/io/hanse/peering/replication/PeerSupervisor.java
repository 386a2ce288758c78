package io.hanse.peering.replication;

import io.hanse.fsm.port.Leadership;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Peerings;
import io.hanse.peering.link.StreamAcceptor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps exactly one stream per active peering while this server leads, and none otherwise. Dials
 * where this cluster is the dialer, for a farewell too, accepts where it isn't, does with silent
 * peers as their policy says, and clears away what has ended.
 */
public final class PeerSupervisor implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PeerSupervisor.class);

  private static final long AGAIN_MILLIS = 1_000;

  /** Ids of peerings by whether this cluster has to dial for them. */
  private record Dialers(Set<String> dialed, Set<String> others) {}

  private final Replication replication;
  private final Loop loop;
  private final LogWriter writer;
  private final AcceptedStreams accepted;
  private final Map<String, DialLoop> dialing = new TreeMap<>();
  private @Nullable WatchedQuery<Dialers> watch;
  private @Nullable DeletionDuty deletions;
  private @Nullable StalenessDuty staleness;
  private @Nullable TokenWays tokenWays;
  private @Nullable PartedPeerings parted;
  private Set<String> dialed = Set.of();
  private long leadingTerm = -1;
  private boolean closed;

  public PeerSupervisor(Replication replication) {
    this.replication = replication;
    this.loop = replication.loops().newLoop();
    this.writer =
        new LogWriter(loop, replication.submitter(), replication.settings().submitAttempts());
    this.accepted = new AcceptedStreams(replication);
  }

  /** Begins to follow leadership. */
  public void start() {
    loop.execute(
        () ->
            parted =
                new PartedPeerings(
                    loop, replication.state(), replication.settings().farewellMillisMax()));
    replication.leadership().onChange(standing -> loop.execute(() -> standingIs(standing)));
  }

  /** Where the streams of dialing clusters go. */
  public StreamAcceptor acceptor() {
    return accepted;
  }

  /** What is begun by half is ended, and begun anew: nobody would lead else, and all look so. */
  private void standingIs(Leadership.Standing standing) {
    try {
      follow(standing);
    } catch (RuntimeException | Error e) {
      LOG.error("replication with peers not begun, trying again term={}", standing.term(), e);
      loop.after(AGAIN_MILLIS, () -> standingIs(replication.leadership().standing()));
      if (leadingTerm >= 0) {
        stepDown();
      }
    }
  }

  private void follow(Leadership.Standing standing) {
    boolean isSameRule = standing.self() && standing.term() == leadingTerm;
    if (closed || isSameRule) {
      return;
    }
    if (leadingTerm >= 0) {
      stepDown();
    }
    if (standing.self()) {
      leadingTerm = standing.term();
      LOG.info("replication with peers begins term={}", standing.term());
      // A stream that was let in just as this server led no more may have left a sign of life.
      forgetStreams();
      accepted.open();
      if (parted != null) {
        parted.recent().forEach((id, last) -> dial(id, Optional.of(last)));
        parted.removalOfOld().forEach(writer::submit);
      }
      watch = WatchedQuery.start(loop, replication.state(), this::dialers, this::dialersAre);
      deletions = new DeletionDuty(replication);
      staleness = new StalenessDuty(replication);
      tokenWays = new TokenWays(replication);
    }
  }

  private Dialers dialers(View view) {
    Dialers dialers = new Dialers(new TreeSet<>(), new TreeSet<>());
    for (Peering peering : new Peerings(view).all()) {
      // Of a deletion the other cluster is still to be told.
      boolean isDialed =
          Peerings.dials(peering) && (Peerings.isActive(peering) || peering.hasDeletedAt());
      (isDialed ? dialers.dialed() : dialers.others()).add(peering.getId());
    }
    return dialers;
  }

  private void dialersAre(Dialers dialers) {
    dialed = dialers.dialed();
    for (Map.Entry<String, DialLoop> known : List.copyOf(dialing.entrySet())) {
      String id = known.getKey();
      DialLoop dialLoop = known.getValue();
      if (dialers.others().contains(id)) {
        dialLoop.stop();
        dialing.remove(id);
      } else if (!dialers.dialed().contains(id)) {
        dialLoop.retire(() -> loop.execute(() -> isOver(id, dialLoop)));
      }
    }
    for (String id : dialers.dialed()) {
      dial(id, Optional.empty());
    }
  }

  private void isOver(String id, DialLoop retired) {
    dialing.remove(id, retired);
    if (parted != null) {
      parted.removal(id).forEach(writer::submit);
    }
    // A restore may have brought it back just then.
    if (leadingTerm >= 0 && dialed.contains(id)) {
      dial(id, Optional.empty());
    }
  }

  private void dial(String id, Optional<Dialable> last) {
    dialing.computeIfAbsent(id, added -> new DialLoop(replication, added, last));
  }

  private void stepDown() {
    LOG.info("replication with peers ends term={}", leadingTerm);
    leadingTerm = -1;
    if (watch != null) {
      watch.close();
      watch = null;
    }
    if (deletions != null) {
      deletions.stop();
      deletions = null;
    }
    if (staleness != null) {
      staleness.stop();
      staleness = null;
    }
    if (tokenWays != null) {
      tokenWays.stop();
      tokenWays = null;
    }
    dialing.values().forEach(DialLoop::leadershipLost);
    dialing.clear();
    accepted.leadershipLost();
    forgetStreams();
  }

  private void forgetStreams() {
    replication.statuses().clear();
    replication.farewells().clear();
    replication.kept().clear();
  }

  /** Ends all streams, as if leadership was lost. */
  @Override
  public void close() {
    loop.execute(
        () -> {
          closed = true;
          if (parted != null) {
            parted.close();
          }
          if (leadingTerm >= 0) {
            stepDown();
          }
        });
  }
}
