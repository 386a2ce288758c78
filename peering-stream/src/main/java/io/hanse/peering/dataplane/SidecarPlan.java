package io.hanse.peering.dataplane;

import com.google.protobuf.Value;
import io.hanse.fsm.chain.ChainRequest;
import io.hanse.fsm.row.ChainTarget;
import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.row.ClusterIdentity;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.row.PeeringServiceMeta;
import io.hanse.fsm.row.PeeringTrustBundle;
import io.hanse.fsm.row.Upstream;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Ca;
import io.hanse.fsm.view.Catalog;
import io.hanse.fsm.view.ConfigEntries;
import io.hanse.fsm.view.Health;
import io.hanse.fsm.view.Peerings;
import io.hanse.peering.proto.ProxyOpen;
import io.hanse.peering.proto.UpstreamRoute;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The upstreams of a sidecar, resolved. Upstreams in another datacenter and prepared queries are
 * left out: neither is supported.
 *
 * @param upstreams by the name of the resource
 */
record SidecarPlan(Map<String, UpstreamRoute> upstreams, long index) {
  private static final int CONNECT_MILLIS_MAX = 600_000;

  static SidecarPlan of(View view, ProxyOpen open, RefusedChains refused) {
    Map<String, UpstreamRoute> upstreams = new TreeMap<>();
    Optional<ClusterIdentity> cluster = new Ca(view).cluster();
    Optional<String> trustDomain = new Ca(view).trustDomain();
    Optional<NodeService> sidecar =
        new Catalog(view).service("", open.getNode(), open.getProxyId());
    if (cluster.isPresent() && trustDomain.isPresent() && sidecar.isPresent()) {
      String datacenter = cluster.get().getDatacenter();
      GatewayModes modes = new GatewayModes(sidecar.get(), new ConfigEntries(view));
      for (Upstream upstream : sidecar.get().getProxy().getUpstreamsList()) {
        if (!upstream.getDestinationPeer().isEmpty()) {
          UpstreamRoute route = ofPeer(view, upstream, modes.forPeer(upstream));
          upstreams.put(route.getName(), route);
        } else if (isLocal(upstream, datacenter)) {
          UpstreamRoute route =
              resolved(
                  view,
                  upstream,
                  modes.forPeer(upstream),
                  ChainRequest.of(upstream.getDestinationName(), datacenter, trustDomain.get()),
                  refused);
          upstreams.put(route.getName(), route);
        }
      }
    }
    return new SidecarPlan(upstreams, view.publicIndex());
  }

  private static boolean isLocal(Upstream upstream, String datacenter) {
    boolean isService =
        upstream.getDestinationType().isEmpty() || upstream.getDestinationType().equals("service");
    return isService
        && (upstream.getDatacenter().isEmpty() || upstream.getDatacenter().equals(datacenter));
  }

  /**
   * What the service's resolver says, which may lead to a peer. All ways it names, healthy or not:
   * a sidecar ends the connections over a way that it is told of no more.
   */
  private static UpstreamRoute resolved(
      View view, Upstream upstream, String mode, ChainRequest request, RefusedChains refused) {
    List<UpstreamRoute> ways = new ArrayList<>();
    for (ChainTarget target : ResolverTargets.of(view, request, refused)) {
      Upstream named =
          upstream.toBuilder()
              .setDestinationName(target.getService())
              .setDestinationPeer(target.getPeer())
              .build();
      ways.add(
          target.getPeer().isEmpty()
              ? local(view, named, request.datacenter(), request.trustDomain())
              : wayToPeer(view, named, mode));
    }
    UpstreamRoute.Builder route = ways.get(0).toBuilder().setName(request.service());
    for (UpstreamRoute way : ways.subList(1, ways.size())) {
      route.addFallbacks(way.toBuilder().setName(request.service() + "~" + way.getName()));
    }
    return route.build();
  }

  private static UpstreamRoute wayToPeer(View view, Upstream upstream, String mode) {
    UpstreamRoute way = ofPeer(view, upstream, mode);
    // Our own gateways say nothing about the peer's; those are the endpoints in the other mode.
    return mode.equals(GatewayModes.LOCAL) && !isHealthy(view, upstream)
        ? way.toBuilder().setUnhealthy(true).build()
        : way;
  }

  private static boolean isHealthy(View view, Upstream upstream) {
    return new Health(view)
        .connect(upstream.getDestinationPeer(), upstream.getDestinationName()).stream()
            .anyMatch(EndpointMapper::isHealthy);
  }

  private static UpstreamRoute local(
      View view, Upstream upstream, String datacenter, String trustDomain) {
    String service = upstream.getDestinationName();
    return UpstreamRoute.newBuilder()
        .setName(service)
        .setUpstream(upstream)
        .setSni(MeshNames.internal(service, datacenter, trustDomain))
        .addSpiffeIds(MeshNames.spiffeId(service, datacenter, trustDomain))
        .setProtocol(new ConfigEntries(view).protocolOf(service))
        .setEndpoints(WatchedEndpoints.local(service))
        .setTrustDomain(trustDomain)
        .setConnectTimeoutMillis(connectMillis(upstream))
        .build();
  }

  /** What to ask for and who may answer is what the exporter said; it is never derived here. */
  private static UpstreamRoute ofPeer(View view, Upstream upstream, String mode) {
    String peer = upstream.getDestinationPeer();
    String service = upstream.getDestinationName();
    boolean isLocal = mode.equals(GatewayModes.LOCAL);
    UpstreamRoute.Builder route =
        UpstreamRoute.newBuilder()
            .setName(service + "?peer=" + peer)
            .setUpstream(upstream)
            .setEndpoints(isLocal ? SidecarSource.GATEWAYS : SidecarSource.ofPeer(peer, service))
            .setMeshGatewayMode(mode)
            .setProtocol("tcp")
            .setTrustDomain(
                new Peerings(view)
                    .trustBundle(peer)
                    .map(PeeringTrustBundle::getTrustDomain)
                    .orElse(""))
            .setConnectTimeoutMillis(connectMillis(upstream));
    for (CheckServiceNode gateway : new Health(view).connect(peer, service)) {
      PeeringServiceMeta meta = gateway.getService().getConnect().getPeerMeta();
      if (meta.getSniCount() > 0 && meta.getSpiffeIdCount() > 0) {
        route.setSni(meta.getSni(0)).addAllSpiffeIds(meta.getSpiffeIdList());
        if (!meta.getProtocol().isEmpty()) {
          route.setProtocol(meta.getProtocol());
        }
        break;
      }
    }
    return route.build();
  }

  /** 0 where nothing sensible is configured. */
  private static int connectMillis(Upstream upstream) {
    Value value =
        upstream.getConfig().getFieldsOrDefault("connect_timeout_ms", Value.getDefaultInstance());
    double millis = value.getNumberValue();
    return millis >= 1 && millis <= CONNECT_MILLIS_MAX ? (int) millis : 0;
  }
}
