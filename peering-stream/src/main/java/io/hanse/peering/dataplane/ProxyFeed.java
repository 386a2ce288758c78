package io.hanse.peering.dataplane;

import io.hanse.fsm.error.Quoted;
import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.row.ClusterIdentity;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Ca;
import io.hanse.fsm.view.Catalog;
import io.hanse.peering.link.Inbound;
import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.link.Outbound;
import io.hanse.peering.link.ProxyAcceptor;
import io.hanse.peering.proto.PeerStreamStatus;
import io.hanse.peering.proto.ProxyOpen;
import io.hanse.peering.proto.ReplicationMessage;
import io.hanse.peering.protocol.PeerTexts;
import io.hanse.peering.protocol.ProxyResources;
import io.hanse.peering.protocol.StreamLimits;
import io.hanse.peering.replication.Loop;
import io.hanse.peering.replication.Loops;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells gateways and sidecars what they need to know, and keeps telling them as it changes. Any
 * server does, from its own view of the state, however old that is.
 */
public final class ProxyFeed implements ProxyAcceptor, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ProxyFeed.class);

  /** More proxies than one server should have. */
  private static final int STREAMS_MAX = 2_048;

  /** Mostly a server is behind by a moment; a proxy waits 10 s for the first word of one. */
  private static final Duration BEHIND_MAX = Duration.ofSeconds(5);

  /** A proxy that is connected to this server. */
  public record Connected(ProxyOpen proxy, PeerStreamStatus status) {}

  private final Loops loops;
  private final StateReader state;
  private final boolean allowByDefault;
  private final StreamLimits limits;
  private final Duration behindMax;
  private final RefusedChains refused = new RefusedChains();
  private final Set<ProxyStream> streams = ConcurrentHashMap.newKeySet();

  /**
   * A feed of this server.
   *
   * @param allowByDefault what holds where no intention decides
   */
  public ProxyFeed(Loops loops, StateReader state, boolean allowByDefault, StreamLimits limits) {
    this(loops, state, allowByDefault, limits, BEHIND_MAX);
  }

  ProxyFeed(
      Loops loops,
      StateReader state,
      boolean allowByDefault,
      StreamLimits limits,
      Duration behindMax) {
    this.behindMax = behindMax;
    this.loops = loops;
    this.state = state;
    this.allowByDefault = allowByDefault;
    this.limits = limits;
  }

  @Override
  public Inbound accept(ProxyOpen open, String token, Outbound outbound) {
    Optional<LinkStatus> refusal = refusal(open);
    if (refusal.isPresent()) {
      outbound.close(refusal.get());
      return new Refused();
    }
    if (isRegistered(open)) {
      outbound.known();
    }
    Loop loop = loops.newLoop();
    ProxyQueries queries = new ProxyQueries(loop, state, outbound::restsOn);
    ProxyStream stream =
        new ProxyStream(
            loop,
            open,
            outbound,
            limits,
            state,
            resources ->
                open.getKind().equals(ProxyResources.MESH_GATEWAY)
                    ? new GatewaySource(queries, open, resources)
                    : new SidecarSource(queries, open, allowByDefault, refused, resources),
            streams::remove);
    streams.add(stream);
    LOG.info(
        "proxy stream opened proxy={} node={} kind={} remote={}",
        PeerTexts.shown(open.getProxyId()),
        PeerTexts.shown(open.getNode()),
        open.getKind(),
        outbound.remote());
    stream.start(behindMax);
    return stream.inbound();
  }

  private boolean isRegistered(ProxyOpen open) {
    try (View view = state.view()) {
      return new Catalog(view).service("", open.getNode(), open.getProxyId()).isPresent();
    }
  }

  private Optional<LinkStatus> refusal(ProxyOpen open) {
    if (ProxyResources.of(open.getKind()).isEmpty()) {
      return refuse(
          LinkStatus.Code.INVALID_ARGUMENT,
          "unknown kind of proxy: " + Quoted.of(PeerTexts.shown(open.getKind())));
    }
    if (open.getNode().isEmpty() || open.getProxyId().isEmpty()) {
      return refuse(LinkStatus.Code.INVALID_ARGUMENT, "a proxy must name its node and its id");
    }
    Optional<String> tooLong =
        PeerTexts.tooLong("node", open.getNode())
            .or(() -> PeerTexts.tooLong("proxy ID", open.getProxyId()))
            .or(() -> PeerTexts.tooLong("service", open.getService()));
    if (tooLong.isPresent()) {
      return refuse(LinkStatus.Code.INVALID_ARGUMENT, tooLong.get());
    }
    if (open.getFormatVersion() < ProxyResources.FORMAT_VERSION_MIN) {
      return refuse(
          LinkStatus.Code.FAILED_PRECONDITION,
          "format " + open.getFormatVersion() + " is no longer spoken; upgrade the proxy");
    }
    if (streams.size() >= STREAMS_MAX) {
      return refuse(
          LinkStatus.Code.RESOURCE_EXHAUSTED, "this server serves enough proxies; try another");
    }
    try (View view = state.view()) {
      Optional<String> cluster = new Ca(view).cluster().map(ClusterIdentity::getId);
      if (cluster.isEmpty()) {
        return refuse(LinkStatus.Code.UNAVAILABLE, "the cluster has no identity yet");
      }
      if (!open.getClusterId().isEmpty() && !open.getClusterId().equals(cluster.get())) {
        return refuse(
            LinkStatus.Code.FAILED_PRECONDITION,
            "the proxy belongs to cluster "
                + PeerTexts.shown(open.getClusterId())
                + ", this is "
                + cluster.get());
      }
    }
    return Optional.empty();
  }

  private static Optional<LinkStatus> refuse(LinkStatus.Code code, String text) {
    return Optional.of(LinkStatus.of(code, text));
  }

  /** The proxies of this server. */
  public List<Connected> connected() {
    List<Connected> all = new ArrayList<>();
    for (ProxyStream stream : streams) {
      all.add(new Connected(stream.open(), stream.status()));
    }
    return all;
  }

  /** Ends all streams: their proxies go to another server. */
  @Override
  public void close() {
    LinkStatus reason = LinkStatus.of(LinkStatus.Code.UNAVAILABLE, "the server is shutting down");
    for (ProxyStream stream : streams) {
      stream.stop(reason);
    }
  }

  /** Hears nothing any more. */
  private static final class Refused implements Inbound {
    @Override
    public void onMessage(ReplicationMessage message) {}

    @Override
    public void onReady() {}

    @Override
    public void onHalfClose() {}

    @Override
    public void onEnd(LinkStatus status) {}
  }
}
