package io.hanse.peering.dataplane;

import com.google.protobuf.Message;
import io.hanse.peering.link.Inbound;
import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.link.Outbound;
import io.hanse.peering.proto.PeerStreamStatus;
import io.hanse.peering.proto.ProxyOpen;
import io.hanse.peering.proto.ReplicationMessage;
import io.hanse.peering.protocol.Effect;
import io.hanse.peering.protocol.Input;
import io.hanse.peering.protocol.ProxyResources;
import io.hanse.peering.protocol.ResourceType;
import io.hanse.peering.protocol.StreamLimits;
import io.hanse.peering.protocol.StreamProtocol;
import io.hanse.peering.replication.Loop;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's end of one proxy's stream: carries what happens to its rules, and out what they want
 * done. All of it runs on the stream's loop.
 */
final class ProxyStream implements Inbound {
  private static final Logger LOG = LoggerFactory.getLogger(ProxyStream.class);
  private static final long TICK_MILLIS = 1_000;

  private final Loop loop;
  private final ProxyOpen open;
  private final Outbound outbound;
  private final Consumer<ProxyStream> ended;
  private final StreamProtocol protocol;
  private final ProxySource source;
  private Runnable cancelTick = () -> {};
  private volatile PeerStreamStatus status = PeerStreamStatus.getDefaultInstance();
  private boolean awaitsReady;
  private boolean closed;

  ProxyStream(
      Loop loop,
      ProxyOpen open,
      Outbound outbound,
      StreamLimits limits,
      Function<ResourceSet, ProxySource> source,
      Consumer<ProxyStream> ended) {
    this.loop = loop;
    this.open = open;
    this.outbound = outbound;
    this.ended = ended;
    this.protocol = new StreamProtocol(ProxyResources.server(limits));
    this.source =
        source.apply(
            new ResourceSet(
                ProxyResources.of(open.getKind()),
                new ResourceSet.Sink() {
                  @Override
                  public void offered(ResourceType type, String id, Message payload) {
                    give(new Input.Offered(type, id, payload));
                  }

                  @Override
                  public void withdrawn(ResourceType type, String id) {
                    give(new Input.Withdrawn(type, id));
                  }
                }));
  }

  ProxyOpen open() {
    return open;
  }

  /** As last reported. Safe from any thread. */
  PeerStreamStatus status() {
    return status;
  }

  void start() {
    loop.execute(
        () -> {
          give(new Input.Started());
          source.start();
          tick();
        });
  }

  /** Safe from any thread. */
  void stop(LinkStatus reason) {
    loop.execute(() -> give(new Input.Stopped(reason)));
  }

  private void tick() {
    if (!closed) {
      cancelTick = loop.after(TICK_MILLIS, this::tick);
      give(new Input.Tick());
    }
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
  public void onEnd(LinkStatus end) {
    loop.execute(() -> give(new Input.RemoteEnded(end)));
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
    } else if (effect instanceof Effect.AwaitReady) {
      awaitsReady = true;
      if (outbound.isReady()) {
        onReady();
      }
    } else if (effect instanceof Effect.Import received) {
      // A proxy has nothing to tell: whatever it sends is refused, not stored.
      loop.execute(
          () ->
              give(
                  new Input.ImportFinished(
                      received.sequence(), Optional.of("proxies own no resources"))));
    } else if (effect instanceof Effect.Report report) {
      report(report.status());
    } else if (effect instanceof Effect.Refused refused) {
      LOG.warn(
          "resource not sent proxy={} resource={} cause={}",
          open.getProxyId(),
          refused.id(),
          refused.reason());
    } else if (effect instanceof Effect.StoreTermination) {
      loop.execute(() -> give(new Input.TerminationStored()));
    } else if (effect instanceof Effect.HalfClose) {
      outbound.halfClose();
    } else if (effect instanceof Effect.Close close) {
      close(close);
    }
  }

  private void report(PeerStreamStatus now) {
    if (now.getLastNackMillis() != status.getLastNackMillis()) {
      LOG.warn(
          "proxy refused configuration proxy={} text={}",
          open.getProxyId(),
          now.getLastNackMessage());
    }
    status = now;
  }

  private void close(Effect.Close close) {
    closed = true;
    cancelTick.run();
    source.close();
    outbound.close(close.status());
    LOG.info(
        "proxy stream closed proxy={} node={} remote={} status={} text={}",
        open.getProxyId(),
        open.getNode(),
        outbound.remote(),
        close.status().code(),
        close.status().text());
    ended.accept(this);
  }
}
