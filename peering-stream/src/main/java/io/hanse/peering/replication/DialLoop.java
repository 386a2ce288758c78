package io.hanse.peering.replication;

import io.hanse.fsm.store.View;
import io.hanse.peering.link.Inbound;
import io.hanse.peering.link.LeaderPlace;
import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.link.LinkTarget;
import io.hanse.peering.link.Outbound;
import io.hanse.peering.link.SecretFollower;
import io.hanse.peering.protocol.Effect;
import io.hanse.peering.protocol.PeerResources;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one stream to the other cluster of one peering, as long as this server leads: one attempt
 * at a time, on a fresh connection, at the next address of the {@link DialRing}. A peering that is
 * deleted is dialed until the other cluster knows it, also when it is no more here. Used on its
 * loop only.
 */
final class DialLoop {
  private enum Phase {
    /** It is dialed as long as the state says how. */
    STANDING,

    /** It is deleted: dialed until the other cluster knows. */
    LEAVING,

    /** It is deleted, and there is nobody left to be told so. */
    TOLD,

    /** It is no more, and nobody waits: dialed on for the time of a farewell. */
    RETIRED,

    STOPPED
  }

  /** What the present stream began with, and whether the peering was deleted by then. */
  private record Attempt(LinkTarget way, long atMillis, boolean isFarewell) {}

  private final Replication replication;
  private final String peeringId;
  private final Loop loop;
  private final WatchedQuery<DialedRow> watch;

  /** Of a peering that was deleted it stays what it was: the state has the secret no more. */
  private @Nullable Dialable target;

  /** The same, of a peering that was deleted before this server led. */
  private Optional<Dialable> last;

  private @Nullable PeerStream stream;
  private Phase phase = Phase.STANDING;
  private @Nullable Attempt attempt;

  /** As {@link DialedRow} says: then nobody is told of the end. */
  private boolean isReplaced;

  private final DialRing ring = new DialRing();
  private int attempts;
  private Runnable cancelAttempt = () -> {};
  private Runnable retiredOver = () -> {};
  private final SecretRotation rotation;
  private final DialRecord record = new DialRecord();
  private final DialPace pace;
  private final LeaderHint leaderHint = new LeaderHint();
  private final DialNews news;
  private final FarewellHold hold;
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
    this.news = new DialNews(peeringId);
    this.hold = new FarewellHold(replication.settings().tokenWayMillisMax());
    this.watch = WatchedQuery.start(loop, replication.state(), this::find, this::targetIs);
  }

  private DialedRow find(View view) {
    return DialedRow.of(view, peeringId, target == null ? last : Optional.of(target));
  }

  private void targetIs(DialedRow found) {
    if (phase == Phase.STOPPED) {
      return;
    }
    isReplaced = found.isReplaced();
    boolean holdsAnew = hold.changes(found.establishing(), loop.nowMillis());
    if (found.isDeleted()) {
      if (isReplaced) {
        leaveUntold();
      } else {
        leave();
        holdBack(holdsAnew);
      }
      return;
    }
    last = Optional.empty();
    // By a restore: what was dialed for a farewell is dialed no more, and by the same secret.
    boolean isBack = phase != Phase.STANDING;
    phase = Phase.STANDING;
    Dialable before = target;
    target = found.dialable().orElse(null);
    record.keepOnly(target == null ? List.of() : target.addresses());
    publishRecord();
    if (target == null) {
      cancelAttempt.run();
    } else if (isBack || before == null || target.differsFrom(before)) {
      ring.begin();
      pace.begin();
      if (stream == null) {
        attempt();
      } else if (before != null && target.isOfAnother(before)) {
        // The end of it dials again.
        stopStream("the peering was established with another cluster");
      }
      // Else a stream that runs is left alone: it can live with what it began with.
    } else if (stream == null && ring.reordered(before, target, loop.nowMillis())) {
      attempt();
    }
  }

  /** The stream, if there is one, sees by itself that it has to end. */
  private void leave() {
    if (phase != Phase.STANDING) {
      return;
    }
    phase = Phase.LEAVING;
    if (target == null) {
      target = last.orElse(null);
    }
    if (target == null) {
      nobodyIsLeft();
    } else if (stream == null) {
      ring.begin();
      pace.begin();
      attempt();
    }
  }

  /** Without a word, also where the row stands until all is cleared away. */
  private void leaveUntold() {
    cancelAttempt.run();
    if (phase == Phase.STANDING || phase == Phase.LEAVING) {
      nobodyIsLeft();
      stopStream("the peering was deleted");
    }
    finish();
  }

  private void nobodyIsLeft() {
    phase = Phase.TOLD;
    replication.farewells().done(peeringId);
  }

  /** What was begun ends, and another attempt is made when it is time; or at once. */
  private void holdBack(boolean isNews) {
    if (phase == Phase.TOLD || !isNews) {
      return;
    }
    if (stream == null) {
      attempt();
    } else if (hold.leftMillis(loop.nowMillis()) > 0) {
      stream.stop(LinkStatus.of(LinkStatus.Code.UNAVAILABLE, "it may be established anew"));
    }
  }

  private void attempt() {
    cancelAttempt.run();
    if (phase == Phase.STOPPED || phase == Phase.TOLD || stream != null || target == null) {
      return;
    }
    long heldMillis = phase == Phase.STANDING ? 0 : hold.leftMillis(loop.nowMillis());
    if (heldMillis > 0) {
      cancelAttempt = loop.after(heldMillis, this::attempt);
      return;
    }
    Dialable dialed = target;
    LinkTarget way =
        leaderHint
            .due(dialed.addresses(), loop.nowMillis())
            .map(dialed::at)
            .orElseGet(() -> ring.next(dialed));
    attempts++;
    attempt = new Attempt(way, loop.nowMillis(), phase != Phase.STANDING);
    record.keepOnly(dialed.addresses());
    record.attempted(way.address());
    publishRecord();
    try {
      replication.dialer().dial(way, outbound -> open(dialed, outbound));
    } catch (RuntimeException | Error e) {
      LinkStatus status = news.broke(way, e);
      stream = null;
      attempts++;
      record.failed(status.text(), loop.nowMillis());
      publishRecord();
      goOnAfter(status);
    }
    PeerStream opened = stream;
    if (opened != null) {
      long patience = replication.settings().openMillisMax();
      String text =
          "no answer from " + way.shown() + " in " + patience / 1_000 + " s, but it listens";
      LinkStatus unheard = LinkStatus.of(LinkStatus.Code.UNAVAILABLE, text);
      loop.after(patience, () -> opened.stopUnlessHeard(unheard));
      replication.statuses().claim(peeringId, opened);
      opened.start();
      cancelCheck.run();
      cancelCheck = loop.after(rotation.checkMillis(), this::checkSecret);
    }
  }

  private void publishRecord() {
    if (phase != Phase.STOPPED && phase != Phase.RETIRED) {
      replication.statuses().dialed(peeringId, target == null ? List.of() : record.shown());
    }
  }

  /** By the way that the stream has found, and with the roots that are trusted now. */
  private void checkSecret() {
    if (phase == Phase.STOPPED || stream == null) {
      return;
    }
    cancelCheck = loop.after(rotation.checkMillis(), this::checkSecret);
    if (target != null
        && phase == Phase.STANDING
        && attempt != null
        && stream.isHeard()
        && stream.extensions().contains(SecretFollower.EXTENSION)
        && rotation.isDue(target.secretSinceMillis())) {
      rotation.begin(target.at(attempt.way().address()), target.peering(), target.secret());
    }
  }

  /** Runs inside of the dialing: nothing can be received before it returns. */
  private Inbound open(Dialable dialed, Outbound outbound) {
    outbound.send(dialed.opening());
    int mine = attempts;
    stream =
        new PeerStream(
            replication,
            loop,
            dialed.peering(),
            PeerResources.dialer(dialed.peering().getPeerId(), replication.settings().stream()),
            outbound,
            close -> ended(mine, close));
    return stream;
  }

  private void ended(int of, Effect.Close close) {
    if (of != attempts) {
      return; // That one broke off.
    }
    // Whom a newer stream replaced must give way: it may be that another server leads here.
    boolean isHeard = stream != null && stream.isHeard();
    boolean wasGood = isHeard && close.status().code() != LinkStatus.Code.ABORTED;
    stream = null;
    if (phase == Phase.STOPPED) {
      return;
    }
    boolean isBack = close.cause() == Effect.Cause.DELETED && phase == Phase.STANDING;
    if (isLast(close) && !isBack) {
      if (phase == Phase.LEAVING) {
        phase = Phase.TOLD;
      }
      finish();
      return;
    }
    LinkStatus status = close.status();
    if (isHeard) {
      leaderHint.forget();
    } else if (DialNews.isFollowers(status) && attempt != null && target != null) {
      String told = attempt.way().address();
      if (target.isToldByPeer(told)) {
        leaderHint.named(status.leader().orElse(LeaderPlace.UNKNOWN), told, loop.nowMillis());
      }
    }
    record.ended(status, loop.nowMillis());
    publishRecord();
    if (wasGood
        && attempt != null
        && loop.nowMillis() - attempt.atMillis() >= replication.settings().healthyMillis()) {
      ring.lost(attempt.way().address());
      pace.lost(loop.nowMillis());
      news.lost(peerName(), attempt.way(), status);
    }
    goOnAfter(status);
  }

  private void goOnAfter(LinkStatus status) {
    int addresses = target == null ? 0 : target.addresses().size();
    long delay = pace.delayMillis(status, addresses, loop.nowMillis());
    news.failed(peerName(), status, pace.isNews(), delay);
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
        boolean isFarewell = attempt != null && attempt.isFarewell();
        boolean isKnown =
            close.status().isOk() || (isFarewell && DialNews.isKnownThere(close.status()));
        if (isKnown) {
          replication.farewells().done(peeringId);
        }
        yield isKnown;
      }
    };
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
    phase = Phase.STOPPED;
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
          if (phase == Phase.STOPPED || phase == Phase.RETIRED) {
            return;
          }
          retiredOver = over;
          if (!isReplaced) {
            leave();
          }
          boolean isOver = phase == Phase.TOLD || isReplaced;
          phase = Phase.RETIRED;
          if (isOver) {
            finish();
          } else {
            loop.after(replication.settings().farewellMillisMax(), this::finish);
          }
        });
  }

  /** There is nothing left to be said, or no time for it; before it is retired, that waits. */
  private void finish() {
    if (phase != Phase.RETIRED) {
      return;
    }
    end();
    stopStream("the peering was deleted");
    replication.statuses().removed(peeringId);
    replication.farewells().forget(peeringId);
    retiredOver.run();
  }

  private void stopStream(String why) {
    if (stream != null) {
      stream.stop(LinkStatus.of(LinkStatus.Code.UNAVAILABLE, why));
    }
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
