package io.hanse.peering.replication;

import io.hanse.peering.link.Inbound;
import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.link.Outbound;
import io.hanse.peering.proto.PeerStreamStatus;
import io.hanse.peering.proto.ReplicationMessage;
import io.hanse.peering.protocol.Effect;
import io.hanse.peering.protocol.Input;
import io.hanse.peering.protocol.StreamProtocol;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries what happens to one stream to its rules, and out what they want done. Decides nothing.
 * What a kind of stream does in its own way is its owner's. All of it runs on the stream's loop.
 */
public final class StreamDriver implements Inbound {
  /** What only this kind of stream knows how to do. Called on the loop. */
  public interface Owner {
    /** Stores what was received, and gives {@link Input.ImportFinished} when that is done. */
    void store(Effect.Import received);

    /** Makes the end of the relation durable, and gives {@link Input.TerminationStored} then. */
    void storeTermination();

    /** A resource of ours can't be sent. */
    void refused(Effect.Refused refused);

    /** Says what is held of the other end's exports, by {@link Input.HeldRead}. */
    default void readHeld() {}

    /** Stores changes, and gives {@link Input.ChangesStored} when that is done. */
    default void store(Effect.ImportChanges changes) {}

    /** Gives the content of an exported service once more. */
    default void ask(String name) {}

    /** Gives contents that were not given yet in this order. */
    default void askInOrder(List<String> names) {}

    /** The other end has a content of an exported service. */
    default void confirmed(Effect.Confirmed confirmed) {}

    /** Something of the other end's was refused, and it is told so. */
    default void refusedOfTheirs(ReplicationMessage.Request answer) {}

    /** Whom it is with, as the key and the value of a line in the log. */
    String who();

    /** The status changed. */
    void report(PeerStreamStatus status);

    /** It is over, and the transport is told so; the last call. */
    void closed(Effect.Close close);
  }

  private static final Logger LOG = LoggerFactory.getLogger(StreamDriver.class);
  private static final LinkStatus BROKEN =
      LinkStatus.of(LinkStatus.Code.INTERNAL, "internal error");
  private static final long TICK_MILLIS = 1_000;

  private final Loop loop;
  private final StreamProtocol protocol;
  private final Outbound outbound;
  private final Owner owner;
  private Runnable cancelTick = () -> {};
  private boolean awaitsReady;
  private long receivedBytes;
  private boolean closed;
  private boolean isGuarding;
  private @Nullable Throwable brokenBy;

  public StreamDriver(Loop loop, StreamProtocol protocol, Outbound outbound, Owner owner) {
    this.loop = loop;
    this.protocol = protocol;
    this.outbound = outbound;
    this.owner = owner;
  }

  /** Takes an input and does what it leads to. On the loop only. */
  public void give(Input input) {
    guard(
        () -> {
          for (Effect effect : protocol.on(loop.nowMillis(), input)) {
            perform(effect);
          }
        });
  }

  /**
   * Does what belongs to the stream. What breaks off is not gone on with, half done as it is, nor
   * what it is a part of: the stream ends, and the next one begins anew. On the loop only.
   */
  public void guard(Runnable step) {
    if (closed) {
      return;
    }
    boolean isPart = isGuarding;
    isGuarding = true;
    try {
      step.run();
    } catch (RuntimeException | Error e) {
      // An error, too: what its step was to go on with would stand for ever in a stream that lives.
      breakOff(e);
      if (isPart) {
        throw e;
      }
    } finally {
      isGuarding = isPart;
    }
  }

  private void breakOff(Throwable cause) {
    if (cause != brokenBy) {
      brokenBy = cause;
      LOG.error("stream broken off {} remote={}", owner.who(), outbound.remote(), cause);
    }
    if (!closed) {
      perform(new Effect.Close(Effect.Cause.FAILED, BROKEN));
    }
  }

  /** Gives {@link Input.Tick} from now on, until the stream is over. On the loop only. */
  public void startTicking() {
    cancelTick = loop.after(TICK_MILLIS, this::tick);
  }

  private void tick() {
    if (!closed) {
      startTicking();
      long received = outbound.receivedBytes();
      // Behind a message that our own threads leave lying nothing is counted.
      if (received != receivedBytes || outbound.isDelivering()) {
        receivedBytes = received;
        give(new Input.PartReceived());
      }
      give(new Input.Tick());
    }
  }

  /** Ends the stream for a reason outside of it. Safe from any thread. */
  public void stop(LinkStatus reason) {
    loop.execute(() -> give(new Input.Stopped(reason)));
  }

  @Override
  public void onMessage(ReplicationMessage message) {
    loop.execute(() -> give(new Input.MessageReceived(message)));
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

  private void perform(Effect effect) {
    if (closed) {
      return;
    }
    if (effect instanceof Effect.Send send) {
      outbound.send(send.message());
      if (send.message().getRequest().hasError()) {
        owner.refusedOfTheirs(send.message().getRequest());
      }
    } else if (effect instanceof Effect.Read) {
      outbound.requestNext();
    } else if (effect instanceof Effect.AwaitReady) {
      awaitsReady = true;
      if (outbound.isReady()) {
        onReady();
      }
    } else if (effect instanceof Effect.HalfClose) {
      outbound.halfClose();
    } else if (effect instanceof Effect.Import received) {
      owner.store(received);
    } else if (effect instanceof Effect.ImportChanges changes) {
      owner.store(changes);
    } else if (effect instanceof Effect.ReadHeld) {
      owner.readHeld();
    } else if (effect instanceof Effect.Ask ask) {
      owner.ask(ask.name());
    } else if (effect instanceof Effect.AskInOrder ask) {
      owner.askInOrder(ask.names());
    } else if (effect instanceof Effect.Confirmed confirmed) {
      owner.confirmed(confirmed);
    } else if (effect instanceof Effect.StoreTermination) {
      owner.storeTermination();
    } else if (effect instanceof Effect.Refused refused) {
      owner.refused(refused);
    } else if (effect instanceof Effect.Report report) {
      owner.report(report.status());
    } else if (effect instanceof Effect.Close close) {
      closed = true;
      cancelTick.run();
      try {
        outbound.close(close.status());
      } finally {
        owner.closed(close);
      }
    }
  }
}
