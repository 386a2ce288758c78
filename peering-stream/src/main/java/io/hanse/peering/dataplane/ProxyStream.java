package io.hanse.peering.dataplane;

import com.google.protobuf.Message;
import io.hanse.fsm.error.Quoted;
import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.store.View;
import io.hanse.peering.link.Inbound;
import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.link.Outbound;
import io.hanse.peering.proto.PeerStreamStatus;
import io.hanse.peering.proto.ProxyOpen;
import io.hanse.peering.proto.ReplicationMessage;
import io.hanse.peering.protocol.Effect;
import io.hanse.peering.protocol.Input;
import io.hanse.peering.protocol.PeerTexts;
import io.hanse.peering.protocol.ProxyResources;
import io.hanse.peering.protocol.ResourceType;
import io.hanse.peering.protocol.StreamLimits;
import io.hanse.peering.protocol.StreamProtocol;
import io.hanse.peering.replication.Loop;
import io.hanse.peering.replication.StreamDriver;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The server's end of one proxy's stream. All of it runs on the stream's loop. */
final class ProxyStream implements StreamDriver.Owner {
  private static final Logger LOG = LoggerFactory.getLogger(ProxyStream.class);

  private final Loop loop;
  private final ProxyOpen open;
  private final Outbound outbound;
  private final Consumer<ProxyStream> ended;
  private final StateReader state;
  private final StreamDriver driver;
  private final ProxySource source;
  private volatile PeerStreamStatus status = PeerStreamStatus.getDefaultInstance();

  ProxyStream(
      Loop loop,
      ProxyOpen open,
      Outbound outbound,
      StreamLimits limits,
      StateReader state,
      Function<ResourceSet, ProxySource> source,
      Consumer<ProxyStream> ended) {
    this.loop = loop;
    this.open = open;
    this.outbound = outbound;
    this.ended = ended;
    this.state = state;
    this.driver =
        new StreamDriver(
            loop,
            new StreamProtocol(ProxyResources.server(open.getFormatVersion(), limits)),
            outbound,
            this);
    this.source =
        source.apply(
            new ResourceSet(
                ProxyResources.of(open.getKind()),
                open.getFormatVersion() >= ProxyResources.FORMAT_VERSION_OF_PARTS,
                new ResourceSet.Sink() {
                  @Override
                  public void offered(ResourceType type, String id, Message payload) {
                    driver.give(new Input.Offered(type, id, payload));
                  }

                  @Override
                  public void withdrawn(ResourceType type, String id) {
                    driver.give(new Input.Withdrawn(type, id));
                  }
                }));
  }

  /** Where what the proxy says goes. */
  Inbound inbound() {
    return driver;
  }

  ProxyOpen open() {
    return open;
  }

  /** As last reported. Safe from any thread. */
  PeerStreamStatus status() {
    return status;
  }

  /**
   * Begins, but not before the state is as new as what the proxy has: it would be taken back in
   * time.
   *
   * @param patience how long that may take
   */
  void start(Duration patience) {
    loop.execute(
        () ->
            driver.guard(
                () -> {
                  if (index() >= open.getIndex()) {
                    begin();
                  } else {
                    catchUp(patience);
                  }
                }));
  }

  private long index() {
    try (View view = state.view()) {
      return view.publicIndex();
    }
  }

  private void catchUp(Duration patience) {
    state
        .fresh(StateReader.Level.DEFAULT, patience)
        .whenComplete(
            (fresh, failure) -> loop.execute(() -> driver.guard(() -> caughtUp(failure == null))));
  }

  /** Only who has all that a leader has may say that nobody has more. */
  private void caughtUp(boolean hasAll) {
    long here = index();
    if (here >= open.getIndex()) {
      begin();
      return;
    }
    String text = "at index " + here + ", the proxy at " + open.getIndex();
    driver.give(
        new Input.Stopped(
            hasAll
                ? LinkStatus.of(LinkStatus.Code.OUT_OF_RANGE, "this cluster is behind: " + text)
                : LinkStatus.of(
                    LinkStatus.Code.UNAVAILABLE, "this server has not caught up yet: " + text)));
  }

  private void begin() {
    driver.give(new Input.Started());
    // The first answers may take long, and a proxy does not wait for them as long as for a word.
    outbound.send(
        ReplicationMessage.newBuilder()
            .setHeartbeat(ReplicationMessage.Heartbeat.getDefaultInstance())
            .build());
    source.start();
    driver.startTicking();
  }

  /** Safe from any thread. */
  void stop(LinkStatus reason) {
    driver.stop(reason);
  }

  @Override
  public void store(Effect.Import received) {
    // A proxy has nothing to tell: whatever it sends is refused, not stored.
    loop.execute(
        () ->
            driver.give(
                new Input.ImportFinished(
                    received.sequence(), Optional.of("proxies own no resources"))));
  }

  @Override
  public void storeTermination() {
    loop.execute(() -> driver.give(new Input.TerminationStored()));
  }

  @Override
  public void refused(Effect.Refused refused) {
    LOG.warn(
        "resource not sent proxy={} resource={} cause={}",
        PeerTexts.shown(open.getProxyId()),
        refused.id(),
        refused.reason());
  }

  @Override
  public String who() {
    return "proxy=" + PeerTexts.shown(open.getProxyId());
  }

  @Override
  public void report(PeerStreamStatus now) {
    if (now.getLastNackMillis() != status.getLastNackMillis()) {
      LOG.warn(
          "proxy refused configuration proxy={} text={}",
          PeerTexts.shown(open.getProxyId()),
          Quoted.of(now.getLastNackMessage()));
    }
    status = now;
  }

  @Override
  public void closed(Effect.Close close) {
    source.close();
    LOG.info(
        "proxy stream closed proxy={} node={} remote={} status={} text={}",
        PeerTexts.shown(open.getProxyId()),
        PeerTexts.shown(open.getNode()),
        outbound.remote(),
        close.status().code(),
        Quoted.of(close.status().text()));
    ended.accept(this);
  }
}
