package io.hanse.peering.replication;

import io.hanse.fsm.error.Quoted;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.WritePeering;
import io.hanse.fsm.store.View;
import io.hanse.peering.link.Inbound;
import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.link.LinkStatus.Code;
import io.hanse.peering.link.Outbound;
import io.hanse.peering.proto.ReplicationMessage;
import io.hanse.peering.proto.ReplicationMessage.Terminated;
import io.hanse.peering.protocol.Opening;
import io.hanse.peering.protocol.PeerResources;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The acceptor's end of a stream until its dialer is let in or turned away; from then on it hands
 * everything to the stream. Used on its loop only.
 */
final class Greeting implements Inbound {
  private static final Logger LOG = LoggerFactory.getLogger(Greeting.class);

  /** A dialer says so much before it hears anything: an opening and a subscription of each kind. */
  private static final int FAREWELL_MESSAGES_MAX = 16;

  private enum Phase {
    /** The dialer has said nothing yet. */
    AWAITED,
    /** It was judged, and may wait for the log before it is let in. */
    JUDGED,
    /** It was told that the peering has ended, and may take that in. */
    FAREWELL,
    OVER
  }

  private final Replication replication;
  private final AcceptedStreams streams;
  private final Outbound outbound;
  private final Loop loop;
  private @Nullable PeerStream stream;
  private Runnable cancelDeadline = () -> {};
  private Phase phase = Phase.AWAITED;

  /** Of the peering that has ended. */
  private String toldId = "";

  private LinkStatus toldStatus = LinkStatus.OK;
  private int toldMessages;

  /** Known once it is one of ours. */
  private String peeringId = "";

  Greeting(Replication replication, AcceptedStreams streams, Outbound outbound) {
    this.replication = replication;
    this.streams = streams;
    this.outbound = outbound;
    this.loop = replication.loops().newLoop();
  }

  void start() {
    cancelDeadline = loop.after(replication.settings().openMillisMax(), () -> guard(this::tooLate));
    outbound.requestNext();
  }

  private void step(Runnable step) {
    loop.execute(() -> guard(step));
  }

  /** Where a step breaks off, no deadline may be left: the dialer comes again. */
  private void guard(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException | Error e) {
      LOG.error("stream not let in peering={} remote={}", peeringId, outbound.remote(), e);
      LinkStatus broken = LinkStatus.of(Code.INTERNAL, "internal error");
      cancelDeadline.run();
      if (stream != null) {
        stream.stop(broken);
      } else {
        end(broken);
      }
    }
  }

  private void tooLate() {
    if (phase == Phase.AWAITED) {
      end(LinkStatus.of(Code.DEADLINE_EXCEEDED, "no Open message in time"));
    }
  }

  @Override
  public void onMessage(ReplicationMessage message) {
    step(
        () -> {
          if (stream != null) {
            stream.onMessage(message);
          } else if (phase == Phase.AWAITED) {
            judge(message);
          } else if (phase == Phase.FAREWELL && ++toldMessages < FAREWELL_MESSAGES_MAX) {
            outbound.requestNext();
          }
        });
  }

  private void judge(ReplicationMessage first) {
    phase = Phase.JUDGED;
    cancelDeadline.run();
    if (!leads()) {
      refuseOnFollower();
      return;
    }
    Opening.Verdict verdict;
    boolean isKnown;
    try (View view = replication.state().view()) {
      AcceptedStreams.StoredPeerings stored = new AcceptedStreams.StoredPeerings(view);
      verdict = Opening.judge(first, stored);
      isKnown = stored.peering(first.getOpen().getPeerId()).isPresent();
    }
    peeringId = isKnown ? first.getOpen().getPeerId() : "";
    if (verdict instanceof Opening.Accepted accepted) {
      open(accepted.peering());
    } else if (verdict instanceof Opening.Promote promote) {
      promote(promote);
    } else if (verdict instanceof Opening.Refused refused) {
      refuse(first.getOpen().getPeerId(), isKnown, refused);
    }
  }

  private boolean leads() {
    return streams.isOpen() && replication.leadership().standing().self();
  }

  private void refuseOnFollower() {
    String text = "cannot establish a peering stream on a follower node";
    end(new LinkStatus(Code.FAILED_PRECONDITION, text, replication.leader()));
  }

  private void promote(Opening.Promote promote) {
    // Without a state, the row keeps the one that it has by then.
    Peering peering =
        promote.peering().toBuilder().clearState().setRemote(promote.remote()).build();
    Command command =
        Command.newBuilder()
            .setWritePeering(
                WritePeering.newBuilder()
                    .setPeering(peering)
                    .setPromote(
                        WritePeering.PromotePending.newBuilder()
                            .setPendingStream(promote.pending())))
            .build();
    new LogWriter(loop, replication.submitter(), 1)
        .submit(command)
        .whenComplete(
            (result, failure) ->
                guard(
                    () -> {
                      if (failure == null) {
                        open(promote.peering());
                      } else {
                        end(promote.failed(LogWriter.messageOf(failure)));
                      }
                    }));
  }

  private void open(Peering peering) {
    if (phase == Phase.OVER) {
      return;
    }
    if (!leads()) {
      // It was lost while the log had the promotion.
      refuseOnFollower();
      return;
    }
    String id = peering.getId();
    PeerStream opened =
        new PeerStream(
            replication,
            loop,
            peering,
            PeerResources.acceptor(replication.settings().stream()),
            outbound,
            close -> {
              if (stream != null) {
                streams.unregister(id, stream);
              }
            });
    if (!streams.register(id, opened)) {
      refuseOnFollower();
      return;
    }
    stream = opened;
    outbound.admit();
    replication
        .pace()
        .due("stream accepted " + id, loop.nowMillis())
        .ifPresent(
            leftOut ->
                LOG.info(
                    "stream accepted peer={} peering={} remote={} not_told={}",
                    peering.getName(),
                    id,
                    outbound.remote(),
                    leftOut));
    opened.start();
  }

  private void refuse(String peeringId, boolean isKnown, Opening.Refused refused) {
    if (refused.secretUnknown()) {
      replication.statuses().secretRefused(peeringId, loop.nowMillis());
    }
    // An id that is no peering's is a stranger's word: all of these are one kind.
    String who = isKnown ? peeringId : "";
    replication
        .pace()
        .due("stream refused " + refused.status().code() + who, loop.nowMillis())
        .ifPresent(
            leftOut ->
                LOG.info(
                    "stream refused remote={} peering={} code={} text={} not_told={}",
                    outbound.remote(),
                    who,
                    refused.status().code(),
                    Quoted.of(refused.status().text()),
                    leftOut));
    if (refused.terminated()) {
      sayFarewell(peeringId, refused.status());
    } else {
      end(refused.status());
    }
  }

  /**
   * Told is who has ended its half in answer, as dialers do once it is stored. At once would be too
   * soon: a Consul whose first messages meet a closed stream reads nothing, and who could not store
   * it comes again.
   */
  private void sayFarewell(String peeringId, LinkStatus status) {
    phase = Phase.FAREWELL;
    toldId = peeringId;
    toldStatus = status;
    outbound.send(
        ReplicationMessage.newBuilder().setTerminated(Terminated.getDefaultInstance()).build());
    outbound.requestNext();
    cancelDeadline =
        loop.after(replication.settings().openMillisMax(), () -> guard(this::heardNoFarewell));
  }

  private void heardNoFarewell() {
    if (phase == Phase.FAREWELL) {
      end(toldStatus);
    }
  }

  private void end(LinkStatus status) {
    phase = Phase.OVER;
    outbound.close(status);
  }

  @Override
  public void onReady() {
    step(
        () -> {
          if (stream != null) {
            stream.onReady();
          }
        });
  }

  @Override
  public void onHalfClose() {
    step(
        () -> {
          if (stream != null) {
            stream.onHalfClose();
          } else if (phase == Phase.AWAITED) {
            cancelDeadline.run();
            end(LinkStatus.of(Code.UNKNOWN, "EOF"));
          } else if (phase == Phase.FAREWELL) {
            cancelDeadline.run();
            replication.farewells().done(toldId);
            end(toldStatus);
          }
        });
  }

  @Override
  public void onEnd(LinkStatus status) {
    step(
        () -> {
          phase = Phase.OVER;
          cancelDeadline.run();
          if (stream != null) {
            stream.onEnd(status);
          }
        });
  }
}
