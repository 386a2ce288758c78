package io.hanse.peering.replication;

import io.hanse.fsm.error.Quoted;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Peerings;
import io.hanse.peering.link.Inbound;
import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.link.LinkTarget;
import io.hanse.peering.link.Outbound;
import io.hanse.peering.link.SecretFollower;
import io.hanse.peering.proto.ReplicationMessage;
import io.hanse.peering.proto.ReplicationMessage.Open;
import io.hanse.peering.protocol.Effect;
import io.hanse.peering.protocol.PeerResources;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Keeps one stream to the other cluster of one peering, as long as this server leads: one attempt
 * at a time, on a fresh connection, at the next address of the ring. After a good stream the ring
 * begins anew: what was fallen back from is preferred again. A peering that is deleted is dialed
 * until the other cluster knows it, also when it is no more here. Used on its loop only.
 */
final class DialLoop {
  private static final Logger LOG = LoggerFactory.getLogger(DialLoop.class);

  /** Answers to who comes to say farewell and nothing else: it is known, or nobody knows us. */
  private static final Set<LinkStatus.Code> KNOWN_THERE =
      EnumSet.of(
          LinkStatus.Code.ABORTED,
          LinkStatus.Code.INVALID_ARGUMENT,
          LinkStatus.Code.PERMISSION_DENIED);

  /**
   * What the state says.
   *
   * @param isDeleted it is marked so, or no more
   * @param isReplaced another peering here is with the same one there
   */
  private record Found(Optional<Dialable> dialable, boolean isDeleted, boolean isReplaced) {}

  private final Replication replication;
  private final String peeringId;
  private final Loop loop;
  private final WatchedQuery<Found> watch;

  /** Of a peering that was deleted it stays what it was: the state has the secret no more. */
  private @Nullable Dialable target;

  /** The same, of a peering that was deleted before this server led. */
  private Optional<Dialable> last;

  private @Nullable PeerStream stream;

  /** The peering is no more, and another one here is with the same one there. */
  private boolean isReplaced;

  /** Whether the peering is deleted; and whether it was when the stream began. */
  private boolean leaves;

  private boolean streamLeaves;
  private int ring;
  private long dialedMillis;
  private Runnable cancelAttempt = () -> {};
  private boolean stopped;

  /** The peering is no more, and the other cluster is still to be told so. */
  private boolean retired;

  private Runnable retiredOver = () -> {};

  /** Of this end of the peering the other cluster knows. */
  private boolean isTold;

  private final SecretRotation rotation;
  private final DialRecord record = new DialRecord();
  private final DialPace pace;
  private @Nullable LinkTarget link;
  private Runnable cancelCheck = () -> {};

  /**
   * Begins to dial.
   *
   * @param last how a peering was dialed that was deleted before this server led; empty for others
   */
  DialLoop(Replication replication, String peeringId, Optional<Dialable> last) {
    this.replication = replication;
    this.peeringId = peeringId;
    this.last = last;
    this.loop = replication.loops().newLoop();
    this.rotation = new SecretRotation(replication, loop);
    this.pace = new DialPace(loop.nowMillis());
    this.watch = WatchedQuery.start(loop, replication.state(), this::find, this::targetIs);
  }

  private Found find(View view) {
    Optional<Peering> peering = new Peerings(view).byId(peeringId);
    return new Found(
        peering.filter(Peerings::isActive).flatMap(active -> Dialable.of(view, active)),
        peering.map(Peering::hasDeletedAt).orElse(true),
        peering.isEmpty() && isReplaced(view));
  }

  /** Then a farewell would end what was established anew. */
  private boolean isReplaced(View view) {
    Dialable known = target == null ? last.orElse(null) : target;
    Peerings peerings = new Peerings(view);
    return known != null
        && peerings.all().stream()
            .filter(Peerings::isActive)
            .filter(each -> each.getPeerId().equals(known.peering().getPeerId()))
            // Before its token is redeemed it may yet come to nothing.
            .flatMap(each -> peerings.secrets(each.getId()).stream())
            .anyMatch(secrets -> !secrets.getActiveStream().isEmpty());
  }

  private void targetIs(Found found) {
    isReplaced = found.isReplaced();
    if (found.isDeleted()) {
      if (!isReplaced) {
        leave();
      } else if (retired) {
        finish();
      }
      return;
    }
    last = Optional.empty();
    leaves = false;
    retired = false;
    isTold = false;
    Dialable before = target;
    target = found.dialable().orElse(null);
    record.keepOnly(target == null ? List.of() : target.addresses());
    publishRecord();
    if (target == null) {
      cancelAttempt.run();
    } else if (before == null || target.differsFrom(before)) {
      ring = 0;
      pace.begin();
      if (stream == null) {
        cancelAttempt.run();
        attempt();
      } else if (before != null && target.isOfAnother(before)) {
        // The end of it dials again.
        stream.stop(
            LinkStatus.of(
                LinkStatus.Code.UNAVAILABLE, "the peering was established with another cluster"));
      }
      // Else a stream that runs is left alone: it can live with what it began with.
    }
  }

  /** The stream, if there is one, sees by itself that it has to end. */
  private void leave() {
    if (leaves) {
      return;
    }
    leaves = true;
    if (target == null) {
      target = last.orElse(null);
    }
    if (target == null) {
      replication.farewells().done(peeringId);
    } else if (stream == null) {
      ring = 0;
      pace.begin();
      cancelAttempt.run();
      attempt();
    }
  }

  private void attempt() {
    if (stopped || stream != null || target == null) {
      return;
    }
    Dialable dialed = target;
    LinkTarget way = dialed.way(ring++);
    link = way;
    dialedMillis = loop.nowMillis();
    streamLeaves = leaves;
    record.attempted(way.address());
    publishRecord();
    replication.dialer().dial(way, outbound -> open(dialed, outbound));
    PeerStream opened = stream;
    if (opened != null) {
      long patience = replication.settings().openMillisMax();
      String text =
          "no answer from " + way.shown() + " in " + patience / 1_000 + " s, but it listens";
      LinkStatus unheard = LinkStatus.of(LinkStatus.Code.UNAVAILABLE, text);
      loop.after(patience, () -> opened.stopUnlessHeard(unheard));
      opened.start();
      cancelCheck.run();
      cancelCheck = loop.after(rotation.checkMillis(), this::checkSecret);
    }
  }

  private void publishRecord() {
    if (!stopped && !retired) {
      replication.statuses().dialed(peeringId, target == null ? List.of() : record.shown());
    }
  }

  /** By the way that the stream has found, and with the roots that are trusted now. */
  private void checkSecret() {
    if (stopped || stream == null) {
      return;
    }
    cancelCheck = loop.after(rotation.checkMillis(), this::checkSecret);
    if (target != null
        && !leaves
        && link != null
        && stream.isHeard()
        && stream.extensions().contains(SecretFollower.EXTENSION)
        && rotation.isDue(target.secretSinceMillis())) {
      Peering peering = target.peering();
      rotation.begin(
          new LinkTarget(link.address(), peering.getPeerServerName(), peering.getPeerCaPemsList()),
          peering,
          target.secret());
    }
  }

  /** Runs inside of the dialing: nothing can be received before it returns. */
  private Inbound open(Dialable dialed, Outbound outbound) {
    outbound.send(
        ReplicationMessage.newBuilder()
            .setOpen(
                Open.newBuilder()
                    .setPeerId(dialed.peering().getPeerId())
                    .setStreamSecretId(dialed.secret())
                    .setRemote(dialed.remote()))
            .build());
    PeerStream opened =
        new PeerStream(
            replication,
            loop,
            dialed.peering(),
            PeerResources.dialer(dialed.peering().getPeerId(), replication.settings().stream()),
            outbound,
            this::ended);
    stream = opened;
    return opened;
  }

  private void ended(Effect.Close close) {
    // Whom a newer stream replaced must give way: it may be that another server leads here.
    boolean wasGood =
        stream != null && stream.isHeard() && close.status().code() != LinkStatus.Code.ABORTED;
    stream = null;
    if (stopped) {
      return;
    }
    if (isLast(close)) {
      isTold = true;
      if (retired) {
        finish();
      }
      return;
    }
    // A follower's answer is how the leader of the other cluster is found.
    boolean isFollowers = close.status().code() == LinkStatus.Code.FAILED_PRECONDITION;
    if (isFollowers) {
      record.answered();
    } else {
      record.failed(close.status().text(), loop.nowMillis());
    }
    publishRecord();
    if (wasGood && loop.nowMillis() - dialedMillis >= replication.settings().healthyMillis()) {
      preferFirst();
      pace.lost(loop.nowMillis());
      // That another server leads there now is no trouble.
      LOG.atLevel(isFollowers ? Level.INFO : Level.WARN)
          .log(
              "stream lost, dialing again peer={} peering={} code={} text={}",
              peerName(),
              peeringId,
              close.status().code(),
              Quoted.of(close.status().text()));
    }
    int addresses = target == null ? 0 : target.addresses().size();
    long delay = pace.delayMillis(close.status(), addresses, loop.nowMillis());
    if (isFollowers) {
      LOG.debug("server of peer does not lead peer={} peering={}", peerName(), peeringId);
    } else if (pace.isNews()) {
      LOG.warn(
          "stream failed, dialing again peer={} peering={} code={} text={} delay_ms={}",
          peerName(),
          peeringId,
          close.status().code(),
          Quoted.of(close.status().text()),
          delay);
    }
    cancelAttempt = loop.after(delay, this::attempt);
  }

  private String peerName() {
    return target == null ? "" : target.peering().getName();
  }

  /** Whether there is nothing left to be said on another stream. */
  private boolean isLast(Effect.Close close) {
    return switch (close.cause()) {
      case FAILED -> false;
      case TERMINATED -> true;
      case DELETED -> {
        boolean isKnown =
            close.status().isOk() || (streamLeaves && KNOWN_THERE.contains(close.status().code()));
        if (isKnown) {
          replication.farewells().done(peeringId);
        }
        yield isKnown;
      }
    };
  }

  /** What was fallen back from is tried first again, unless it is what was just lost. */
  private void preferFirst() {
    boolean wasFirst = target != null && (ring - 1) % target.addresses().size() == 0;
    ring = wasFirst ? ring : 0;
  }

  /** Ends the loop; a stream that says goodbye to the other cluster may finish. */
  void stop() {
    loop.execute(
        () -> {
          end();
          replication.statuses().dialed(peeringId, List.of());
        });
  }

  private void end() {
    stopped = true;
    cancelAttempt.run();
    cancelCheck.run();
    watch.close();
  }

  /**
   * The peering is no more. Whoever deletes it does not wait for a cluster that is away; that one
   * is dialed on for the time of a farewell all the same.
   *
   * @param over run once it was told, or there was the time for it
   */
  void retire(Runnable over) {
    loop.execute(
        () -> {
          if (stopped || retired) {
            return;
          }
          retired = true;
          retiredOver = over;
          if (!isReplaced) {
            leave();
          }
          if (target == null || isTold || isReplaced) {
            finish();
          } else {
            loop.after(replication.settings().farewellMillisMax(), this::finish);
          }
        });
  }

  private void finish() {
    if (stopped || !retired) {
      return;
    }
    end();
    if (stream != null) {
      stream.stop(LinkStatus.of(LinkStatus.Code.UNAVAILABLE, "the peering was deleted"));
    }
    replication.statuses().removed(peeringId);
    replication.farewells().forget(peeringId);
    retiredOver.run();
  }

  /** Ends the loop and its stream. */
  void leadershipLost() {
    loop.execute(
        () -> {
          end();
          if (stream != null) {
            stream.leadershipLost();
          }
        });
  }
}
