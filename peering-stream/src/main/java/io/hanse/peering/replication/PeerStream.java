package io.hanse.peering.replication;

import com.google.protobuf.Message;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.TerminatePeering;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Peerings;
import io.hanse.peering.link.Inbound;
import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.link.Outbound;
import io.hanse.peering.proto.ReplicationMessage;
import io.hanse.peering.protocol.Effect;
import io.hanse.peering.protocol.Input;
import io.hanse.peering.protocol.ResourceType;
import io.hanse.peering.protocol.StreamProtocol;
import io.hanse.peering.protocol.StreamRules;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One open stream: carries what happens to its rules, and out what they want done. Decides nothing.
 * All of it runs on the stream's loop.
 */
final class PeerStream implements Inbound {
  private static final Logger LOG = LoggerFactory.getLogger(PeerStream.class);
  private static final long TICK_MILLIS = 1_000;

  private final Replication replication;
  private final Loop loop;
  private final Peering peering;
  private final Outbound outbound;
  private final StreamProtocol protocol;
  private final LogWriter writer;
  private final ImportIntake intake;
  private final ExportFeed feed;
  private final Consumer<Effect.Close> ended;
  private Runnable cancelTick = () -> {};
  private Optional<WatchedQuery<Boolean>> ownRow = Optional.empty();
  private boolean awaitsReady;
  private boolean heard;
  private boolean closed;

  /**
   * A stream that is ready to start.
   *
   * @param ended told once, on the loop, when it is over
   */
  PeerStream(
      Replication replication,
      Loop loop,
      Peering peering,
      StreamRules rules,
      Outbound outbound,
      Consumer<Effect.Close> ended) {
    this.replication = replication;
    this.loop = loop;
    this.peering = peering;
    this.outbound = outbound;
    this.ended = ended;
    ReplicationSettings settings = replication.settings();
    protocol = new StreamProtocol(rules, replication.statuses().status(peering.getId()));
    writer = new LogWriter(loop, replication.submitter(), settings.submitAttempts());
    intake =
        new ImportIntake(writer, peering.getId(), peering.getName(), settings.commandBytesMax());
    List<StandingExport> standing =
        rules.role() == StreamRules.Role.ACCEPTOR
            ? List.of(StandingExport.TRUST_BUNDLE, StandingExport.SERVER_ADDRESSES)
            : List.of(StandingExport.TRUST_BUNDLE);
    feed =
        new ExportFeed(
            loop,
            replication.state(),
            peering.getName(),
            standing,
            new ExportFeed.Sink() {
              @Override
              public void offered(ResourceType type, String id, Message payload) {
                give(new Input.Offered(type, id, payload));
              }

              @Override
              public void withdrawn(ResourceType type, String id) {
                give(new Input.Withdrawn(type, id));
              }
            });
  }

  /** Begins to speak. */
  void start() {
    replication.statuses().claim(peering.getId(), this);
    give(new Input.Started());
    feed.start();
    ownRow =
        Optional.of(
            WatchedQuery.start(loop, replication.state(), this::isToBeDeleted, this::deleteIf));
    cancelTick = loop.after(TICK_MILLIS, this::tick);
  }

  private boolean isToBeDeleted(View view) {
    return new Peerings(view).byId(peering.getId()).map(Peering::hasDeletedAt).orElse(true);
  }

  private void deleteIf(boolean isToBeDeleted) {
    if (isToBeDeleted) {
      replication.statuses().forget(peering.getId());
      feed.close();
      give(new Input.DeleteRequested());
    }
  }

  private void tick() {
    if (!closed) {
      cancelTick = loop.after(TICK_MILLIS, this::tick);
      give(new Input.Tick());
    }
  }

  /** Ends the stream for a reason outside of it. Safe from any thread. */
  void stop(LinkStatus reason) {
    loop.execute(() -> give(new Input.Stopped(reason)));
  }

  /** This server no longer leads. Safe from any thread. */
  void leadershipLost() {
    loop.execute(() -> give(new Input.LeadershipLost(replication.leaderAddress())));
  }

  /** Whether the other end has said anything yet. */
  boolean isHeard() {
    return heard;
  }

  @Override
  public void onMessage(ReplicationMessage message) {
    loop.execute(() -> received(message));
  }

  private void received(ReplicationMessage message) {
    heard = true;
    if (replication.leadership().standing().self()) {
      give(new Input.MessageReceived(message));
    } else {
      give(new Input.LeadershipLost(replication.leaderAddress()));
    }
  }

  @Override
  public void onReady() {
    loop.execute(
        () -> {
          if (awaitsReady) {
            awaitsReady = false;
            give(new Input.TransportReady());
          }
        });
  }

  @Override
  public void onHalfClose() {
    loop.execute(() -> give(new Input.HalfClosed()));
  }

  @Override
  public void onEnd(LinkStatus status) {
    loop.execute(() -> give(new Input.RemoteEnded(status)));
  }

  private void give(Input input) {
    for (Effect effect : protocol.on(loop.nowMillis(), input)) {
      perform(effect);
    }
  }

  private void perform(Effect effect) {
    if (effect instanceof Effect.Send send) {
      outbound.send(send.message());
    } else if (effect instanceof Effect.Read) {
      outbound.requestNext();
    } else if (effect instanceof Effect.Import received) {
      store(received);
    } else if (effect instanceof Effect.AwaitReady) {
      awaitReady();
    } else if (effect instanceof Effect.Report report) {
      replication.statuses().report(peering.getId(), this, report.status());
    } else if (effect instanceof Effect.Refused refused) {
      LOG.warn(
          "resource not exported peer={} resource={} cause={}",
          peering.getName(),
          refused.id(),
          refused.reason());
    } else if (effect instanceof Effect.StoreTermination) {
      storeTermination();
    } else if (effect instanceof Effect.HalfClose) {
      outbound.halfClose();
    } else if (effect instanceof Effect.Close close) {
      close(close);
    }
  }

  private void store(Effect.Import received) {
    intake
        .store(received.type(), received.id(), received.payload())
        .whenComplete(
            (problem, failure) ->
                loop.execute(
                    () -> {
                      if (failure == null) {
                        give(new Input.ImportFinished(received.sequence(), problem));
                      } else {
                        give(new Input.Stopped(notStored(failure)));
                      }
                    }));
  }

  private void storeTermination() {
    Command command =
        Command.newBuilder()
            .setTerminatePeering(TerminatePeering.newBuilder().setId(peering.getId()))
            .build();
    writer
        .submit(command)
        .whenComplete(
            (result, failure) ->
                loop.execute(
                    () -> {
                      if (failure != null) {
                        LOG.warn(
                            "termination not stored peer={} cause={}",
                            peering.getName(),
                            LogWriter.messageOf(failure));
                      }
                      give(new Input.TerminationStored());
                    }));
  }

  private static LinkStatus notStored(Throwable failure) {
    return LinkStatus.of(
        LinkStatus.Code.UNAVAILABLE,
        "received resources can't be stored: " + LogWriter.messageOf(failure));
  }

  private void awaitReady() {
    awaitsReady = true;
    if (outbound.isReady()) {
      onReady();
    }
  }

  private void close(Effect.Close close) {
    closed = true;
    cancelTick.run();
    feed.close();
    ownRow.ifPresent(WatchedQuery::close);
    outbound.close(close.status());
    if (close.cause() == Effect.Cause.DELETED && close.status().isOk()) {
      replication.statuses().saidFarewell(peering.getId());
    }
    LOG.info(
        "stream closed peer={} peering={} cause={} remote={} status={} text={}",
        peering.getName(),
        peering.getId(),
        close.cause(),
        outbound.remote(),
        close.status().code(),
        close.status().text());
    ended.accept(close);
  }
}
