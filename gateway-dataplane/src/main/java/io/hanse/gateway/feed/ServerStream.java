package io.hanse.gateway.feed;

import com.google.protobuf.Any;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.link.Outbound;
import io.hanse.peering.proto.DataPlaneServiceGrpc;
import io.hanse.peering.proto.PeerStreamStatus;
import io.hanse.peering.proto.ProxyMessage;
import io.hanse.peering.proto.ProxyOpen;
import io.hanse.peering.proto.ReplicationMessage;
import io.hanse.peering.protocol.Effect;
import io.hanse.peering.protocol.Input;
import io.hanse.peering.protocol.ProxyResources;
import io.hanse.peering.protocol.ResourceBatches;
import io.hanse.peering.protocol.ResourceType;
import io.hanse.peering.protocol.StreamLimits;
import io.hanse.peering.protocol.StreamProtocol;
import io.hanse.peering.protocol.StreamRules;
import io.hanse.peering.replication.Loop;
import io.hanse.peering.replication.StreamDriver;
import io.hanse.peering.transport.ReceivedBytes;
import java.util.Optional;
import java.util.Set;

/** The proxy's end of one stream. All of it runs on the feed's loop. */
final class ServerStream implements StreamDriver.Owner {
  /** What a stream tells its feed. */
  interface Feed {
    /** Answers why a resource is refused. */
    Optional<String> received(ResourceType type, String id, Any payload);

    /**
     * The server has told something, or lives on since, and named the index that all it told rests
     * on.
     */
    void heard(long index);

    /** It is over; called once. */
    void ended(LinkStatus status);
  }

  private static final long FIRST_WORD_MILLIS_MAX = 10_000;

  private final Loop loop;
  private final ManagedChannel channel;
  private final ClientCall<ProxyMessage, ProxyMessage> call;
  private final StreamDriver driver;
  private final Feed feed;
  private final FirstTelling telling;
  private final ReceivedBytes received = new ReceivedBytes();
  private boolean heard;
  private boolean isTold;
  private boolean isOver;

  /**
   * A stream that is not started.
   *
   * @param proxyKind of {@link ProxyResources}
   */
  ServerStream(
      Loop loop, ManagedChannel channel, String proxyKind, StreamLimits limits, Feed feed) {
    this.loop = loop;
    this.channel = channel;
    this.feed = feed;
    telling = new FirstTelling(proxyKind);
    call =
        channel.newCall(
            DataPlaneServiceGrpc.getSubscribeMethod(),
            CallOptions.DEFAULT.withStreamTracerFactory(received));
    StreamRules rules = ProxyResources.proxy(proxyKind, limits);
    driver = new StreamDriver(loop, new StreamProtocol(rules), new Outgoing(), this);
  }

  void start(ProxyOpen open, String token) {
    call.start(new Incoming(), ServerChannels.headers(token));
    call.sendMessage(ProxyMessage.newBuilder().setOpen(open).build());
    driver.give(new Input.Started());
    driver.startTicking();
    loop.after(FIRST_WORD_MILLIS_MAX, this::giveUpUnheard);
    loop.after(FirstTelling.PAUSE_MILLIS_MAX, this::giveUpUntold);
  }

  private void giveUpUnheard() {
    if (!heard) {
      driver.give(
          new Input.Stopped(
              LinkStatus.of(LinkStatus.Code.DEADLINE_EXCEEDED, "the server says nothing")));
    }
  }

  /** Another server may have more to tell. */
  private void giveUpUntold() {
    if (isOver || telling.isWhole()) {
      return;
    }
    if (telling.goesOn(received.count())) {
      loop.after(FirstTelling.PAUSE_MILLIS_MAX, this::giveUpUntold);
    } else {
      driver.give(
          new Input.Stopped(
              LinkStatus.of(
                  LinkStatus.Code.DEADLINE_EXCEEDED,
                  "the server tells nothing of the configuration")));
    }
  }

  @Override
  public void store(Effect.Import told) {
    Optional<String> problem =
        told.type().equals(ProxyResources.BATCH)
            ? ResourceBatches.unpack(ProxyResources.TABLE, told.payload(), this::take)
            : take(told.type(), told.id(), told.payload());
    loop.execute(() -> driver.give(new Input.ImportFinished(told.sequence(), problem)));
  }

  private Optional<String> take(ResourceType type, String id, Any payload) {
    telling.told(type, id);
    return feed.received(type, id, payload);
  }

  @Override
  public void storeTermination() {
    loop.execute(() -> driver.give(new Input.TerminationStored()));
  }

  /** Does not arise: a proxy offers nothing. */
  @Override
  public void refused(Effect.Refused refused) {}

  @Override
  public String who() {
    return "server=" + channel.authority();
  }

  /** Nobody asks a proxy for it: it says itself how old its configuration is. */
  @Override
  public void report(PeerStreamStatus status) {}

  @Override
  public void closed(Effect.Close close) {
    isOver = true;
    feed.ended(close.status());
  }

  /** A word before the first answers only says that these come, and is no word about them. */
  private void tell(ProxyMessage message) {
    isTold |= message.hasResponse();
    if (isTold && !isOver) {
      feed.heard(message.getIndex());
    }
  }

  private final class Outgoing implements Outbound {
    @Override
    public void send(ReplicationMessage message) {
      call.sendMessage(wrap(message));
    }

    @Override
    public boolean isReady() {
      return call.isReady();
    }

    @Override
    public void requestNext() {
      call.request(1);
    }

    @Override
    public void halfClose() {
      call.halfClose();
    }

    @Override
    public void close(LinkStatus status) {
      call.cancel(status.text(), null);
    }

    @Override
    public long receivedBytes() {
      return received.count();
    }

    @Override
    public Set<String> extensions() {
      return Set.of();
    }

    @Override
    public String remote() {
      return channel.authority();
    }
  }

  private final class Incoming extends ClientCall.Listener<ProxyMessage> {
    @Override
    public void onMessage(ProxyMessage message) {
      loop.execute(
          () -> {
            heard = true;
            tell(message);
            driver.give(new Input.MessageReceived(unwrap(message)));
          });
    }

    @Override
    public void onReady() {
      driver.onReady();
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      LinkStatus end =
          LinkStatus.of(
              LinkStatus.Code.valueOf(status.getCode().name()),
              status.getDescription() == null ? "" : status.getDescription());
      driver.onEnd(end);
    }
  }

  private static ProxyMessage wrap(ReplicationMessage message) {
    ProxyMessage.Builder wrapped = ProxyMessage.newBuilder();
    switch (message.getPayloadCase()) {
      case REQUEST -> wrapped.setRequest(message.getRequest());
      case RESPONSE -> wrapped.setResponse(message.getResponse());
      case TERMINATED -> wrapped.setTerminated(message.getTerminated());
      case HEARTBEAT -> wrapped.setHeartbeat(message.getHeartbeat());
      case OPEN, EXTENDED, PAYLOAD_NOT_SET ->
          throw new IllegalArgumentException("not of this stream");
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
