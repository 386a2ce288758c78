package io.hanse.peering.dataplane;

import com.google.protobuf.Message;
import io.hanse.fsm.error.Quoted;
import io.hanse.peering.link.Inbound;
import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.link.Outbound;
import io.hanse.peering.proto.PeerStreamStatus;
import io.hanse.peering.proto.ProxyOpen;
import io.hanse.peering.protocol.Effect;
import io.hanse.peering.protocol.Input;
import io.hanse.peering.protocol.PeerTexts;
import io.hanse.peering.protocol.ProxyResources;
import io.hanse.peering.protocol.ResourceType;
import io.hanse.peering.protocol.StreamLimits;
import io.hanse.peering.protocol.StreamProtocol;
import io.hanse.peering.replication.Loop;
import io.hanse.peering.replication.StreamDriver;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The server's end of one proxy's stream. All of it runs on the stream's loop. */
final class ProxyStream implements StreamDriver.Owner {
  private static final Logger LOG = LoggerFactory.getLogger(ProxyStream.class);

  private static final long LOOK_MILLIS = 50;

  private final Loop loop;
  private final ProxyOpen open;
  private final Outbound outbound;
  private final Consumer<ProxyStream> ended;
  private final LongSupplier index;
  private final StreamDriver driver;
  private final ProxySource source;
  private boolean closed;
  private volatile PeerStreamStatus status = PeerStreamStatus.getDefaultInstance();

  ProxyStream(
      Loop loop,
      ProxyOpen open,
      Outbound outbound,
      StreamLimits limits,
      LongSupplier index,
      Function<ResourceSet, ProxySource> source,
      Consumer<ProxyStream> ended) {
    this.loop = loop;
    this.open = open;
    this.outbound = outbound;
    this.ended = ended;
    this.index = index;
    this.driver =
        new StreamDriver(loop, new StreamProtocol(ProxyResources.server(limits)), outbound, this);
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
   * Begins.
   *
   * @param behindMillisMax how long a state may take that is older than what the proxy has
   */
  void start(long behindMillisMax) {
    long deadline = loop.nowMillis() + behindMillisMax;
    loop.execute(() -> driver.guard(() -> begin(deadline)));
  }

  /** Not before the state is as new as what the proxy has: it would be taken back in time. */
  private void begin(long deadlineMillis) {
    if (closed) {
      return;
    }
    long here = index.getAsLong();
    if (here >= open.getIndex()) {
      driver.give(new Input.Started());
      source.start();
      driver.startTicking();
    } else if (loop.nowMillis() < deadlineMillis) {
      loop.after(LOOK_MILLIS, () -> driver.guard(() -> begin(deadlineMillis)));
    } else {
      String text = "this server is behind: at index " + here + ", the proxy at " + open.getIndex();
      driver.give(new Input.Stopped(LinkStatus.of(LinkStatus.Code.OUT_OF_RANGE, text)));
    }
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
    closed = true;
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
