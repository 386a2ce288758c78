package io.hanse.gateway.feed;

import com.google.protobuf.Any;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.proto.DataPlaneServiceGrpc;
import io.hanse.peering.proto.ProxyMessage;
import io.hanse.peering.proto.ProxyOpen;
import io.hanse.peering.proto.ReplicationMessage;
import io.hanse.peering.protocol.Effect;
import io.hanse.peering.protocol.Input;
import io.hanse.peering.protocol.ResourceType;
import io.hanse.peering.protocol.StreamProtocol;
import io.hanse.peering.protocol.StreamRules;
import io.hanse.peering.replication.Loop;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The proxy's end of one stream: carries what happens to its rules, and out what they want done.
 * All of it runs on the feed's loop.
 */
final class ServerStream {
  /** What a stream tells its feed. */
  interface Owner {
    /** Answers why a resource is refused. */
    Optional<String> received(ResourceType type, String id, Any payload);

    /** The server has spoken. */
    void heard();

    /** It is over; called once. */
    void ended(ServerStream stream, LinkStatus status);
  }

  private static final long TICK_MILLIS = 1_000;
  private static final long FIRST_WORD_MILLIS_MAX = 10_000;

  private final Loop loop;
  private final ManagedChannel channel;
  private final StreamProtocol protocol;
  private final Owner owner;
  private @Nullable ClientCall<ProxyMessage, ProxyMessage> call;
  private Runnable cancelTick = () -> {};
  private boolean heard;
  private boolean awaitsReady;
  private boolean closed;

  ServerStream(Loop loop, ManagedChannel channel, StreamRules rules, Owner owner) {
    this.loop = loop;
    this.channel = channel;
    this.protocol = new StreamProtocol(rules);
    this.owner = owner;
  }

  ManagedChannel channel() {
    return channel;
  }

  void start(ProxyOpen open, String token) {
    ClientCall<ProxyMessage, ProxyMessage> started =
        channel.newCall(DataPlaneServiceGrpc.getSubscribeMethod(), CallOptions.DEFAULT);
    call = started;
    started.start(new Incoming(), ServerChannels.headers(token));
    started.sendMessage(ProxyMessage.newBuilder().setOpen(open).build());
    give(new Input.Started());
    tick();
    loop.after(FIRST_WORD_MILLIS_MAX, this::giveUpUnheard);
  }

  void stop(String reason) {
    give(new Input.Stopped(LinkStatus.of(LinkStatus.Code.CANCELLED, reason)));
  }

  private void giveUpUnheard() {
    if (!heard) {
      give(
          new Input.Stopped(
              LinkStatus.of(LinkStatus.Code.DEADLINE_EXCEEDED, "the server says nothing")));
    }
  }

  private void tick() {
    if (!closed) {
      cancelTick = loop.after(TICK_MILLIS, this::tick);
      give(new Input.Tick());
    }
  }

  private void give(Input input) {
    for (Effect effect : protocol.on(loop.nowMillis(), input)) {
      perform(effect);
    }
  }

  private void perform(Effect effect) {
    ClientCall<ProxyMessage, ProxyMessage> current = call;
    if (current == null) {
      return;
    }
    if (effect instanceof Effect.Send send) {
      current.sendMessage(wrap(send.message()));
    } else if (effect instanceof Effect.Read) {
      current.request(1);
    } else if (effect instanceof Effect.AwaitReady) {
      awaitsReady = true;
      if (current.isReady()) {
        ready();
      }
    } else if (effect instanceof Effect.Import received) {
      Optional<String> problem = owner.received(received.type(), received.id(), received.payload());
      loop.execute(() -> give(new Input.ImportFinished(received.sequence(), problem)));
    } else if (effect instanceof Effect.StoreTermination) {
      loop.execute(() -> give(new Input.TerminationStored()));
    } else if (effect instanceof Effect.HalfClose) {
      current.halfClose();
    } else if (effect instanceof Effect.Close close) {
      closed = true;
      cancelTick.run();
      current.cancel(close.status().text(), null);
      owner.ended(this, close.status());
    }
    // Effects that speak of what we offer do not arise: a proxy offers nothing.
  }

  private void ready() {
    loop.execute(
        () -> {
          if (awaitsReady) {
            awaitsReady = false;
            give(new Input.TransportReady());
          }
        });
  }

  private final class Incoming extends ClientCall.Listener<ProxyMessage> {
    @Override
    public void onMessage(ProxyMessage message) {
      loop.execute(
          () -> {
            heard = true;
            owner.heard();
            give(new Input.MessageReceived(unwrap(message)));
          });
    }

    @Override
    public void onReady() {
      ready();
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      LinkStatus end =
          LinkStatus.of(
              LinkStatus.Code.valueOf(status.getCode().name()),
              status.getDescription() == null ? "" : status.getDescription());
      loop.execute(() -> give(new Input.RemoteEnded(end)));
    }
  }

  private static ProxyMessage wrap(ReplicationMessage message) {
    ProxyMessage.Builder wrapped = ProxyMessage.newBuilder();
    switch (message.getPayloadCase()) {
      case REQUEST -> wrapped.setRequest(message.getRequest());
      case RESPONSE -> wrapped.setResponse(message.getResponse());
      case TERMINATED -> wrapped.setTerminated(message.getTerminated());
      case HEARTBEAT -> wrapped.setHeartbeat(message.getHeartbeat());
      case OPEN, PAYLOAD_NOT_SET -> throw new IllegalArgumentException("not of this stream");
    }
    return wrapped.build();
  }

  private static ReplicationMessage unwrap(ProxyMessage message) {
    ReplicationMessage.Builder unwrapped = ReplicationMessage.newBuilder();
    switch (message.getPayloadCase()) {
      case REQUEST -> unwrapped.setRequest(message.getRequest());
      case RESPONSE -> unwrapped.setResponse(message.getResponse());
      case TERMINATED -> unwrapped.setTerminated(message.getTerminated());
      case HEARTBEAT -> unwrapped.setHeartbeat(message.getHeartbeat());
      // What only a later version knows does no harm.
      case OPEN, PAYLOAD_NOT_SET -> {}
    }
    return unwrapped.build();
  }
}
