package io.hanse.peering.dataplane;

import io.hanse.fsm.row.PeeringTrustBundle;
import io.hanse.fsm.row.SourceIntention;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.ExportResolver;
import io.hanse.fsm.view.Health;
import io.hanse.fsm.view.IntentionMatcher;
import io.hanse.fsm.view.Peerings;
import io.hanse.peering.proto.IntentionRule;
import io.hanse.peering.proto.Intentions;
import io.hanse.peering.proto.ProxyConfig;
import io.hanse.peering.proto.ProxyOpen;
import io.hanse.peering.proto.ProxyTrustBundle;
import io.hanse.peering.proto.UpstreamRoute;
import io.hanse.peering.protocol.ProxyResources;
import io.hanse.peering.replication.WatchedQuery;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a sidecar needs: its upstreams with their endpoints, the intentions of its own service, and
 * the roots of the peers that it may talk to in either direction.
 */
final class SidecarSource implements ProxySource {
  /** The list of endpoints that are this cluster's own mesh gateways. */
  static final String GATEWAYS = "gateways";

  private record Bundles(Map<String, ProxyTrustBundle> byPeer, long index) {}

  private final ProxyQueries queries;
  private final ProxyOpen open;
  private final boolean allowByDefault;
  private final RefusedChains refused;
  private final ResourceSet resources;
  private final List<WatchedQuery<?>> always = new ArrayList<>();
  private final WatchedEndpoints endpoints;
  private SortedSet<String> upstreamPeers = new TreeSet<>();
  private Optional<WatchedQuery<Bundles>> bundles = Optional.empty();
  private boolean configKnown;
  private boolean intentionsKnown;
  private boolean bundlesKnown;
  private boolean upstreamsKnown;

  SidecarSource(
      ProxyQueries queries,
      ProxyOpen open,
      boolean allowByDefault,
      RefusedChains refused,
      ResourceSet resources) {
    this.queries = queries;
    this.open = open;
    this.allowByDefault = allowByDefault;
    this.refused = refused;
    this.resources = resources;
    this.endpoints = new WatchedEndpoints(queries, resources, this::offerLists);
  }

  static String ofPeer(String peer, String service) {
    return "peer/" + peer + "/" + service;
  }

  @Override
  public void start() {
    always.add(queries.start(view -> ProxyConfigs.of(view, open), this::configIs));
    always.add(queries.start(this::intentions, this::intentionsAre));
    always.add(queries.start(view -> SidecarPlan.of(view, open, refused), this::upstreamsAre));
  }

  private void configIs(Optional<ProxyConfig> config) {
    config.ifPresent(
        known -> {
          resources.put(ProxyResources.CONFIG, ProxyResources.CONFIG_ID, known);
          configKnown = true;
          offerLists(0);
        });
  }

  /** An intention on requests can't be judged on a plain connection: it counts as a denial. */
  private Intentions intentions(View view) {
    Intentions.Builder intentions =
        Intentions.newBuilder().setService(open.getService()).setAllowByDefault(allowByDefault);
    for (IntentionMatcher.Intention each :
        new IntentionMatcher(view).forDestination(open.getService())) {
      SourceIntention source = each.source();
      intentions.addRules(
          IntentionRule.newBuilder()
              .setSource(source.getName())
              .setPeer(source.getPeer())
              .setAllow(source.getPermissionsCount() == 0 && source.getAction().equals("allow"))
              .setPrecedence(source.getPrecedence())
              .setDestination(each.destination()));
    }
    return intentions.build();
  }

  private void intentionsAre(Intentions now) {
    resources.put(ProxyResources.INTENTIONS, now.getService(), now);
    intentionsKnown = true;
    offerLists(0);
  }

  private void upstreamsAre(SidecarPlan plan) {
    Set<String> lists = new TreeSet<>();
    watchBundles(
        plan.upstreams().values().stream()
            .flatMap(SidecarSource::ways)
            .map(route -> route.getUpstream().getDestinationPeer())
            .filter(peer -> !peer.isEmpty())
            .collect(Collectors.toCollection(TreeSet::new)));
    for (UpstreamRoute route : plan.upstreams().values()) {
      ways(route).forEach(way -> lists.add(watchEndpoints(way)));
      resources.put(ProxyResources.UPSTREAM, route.getName(), route);
    }
    resources.retain(ProxyResources.UPSTREAM, plan.upstreams().keySet());
    endpoints.retain(lists);
    upstreamsKnown = true;
    offerLists(plan.index());
  }

  private static Stream<UpstreamRoute> ways(UpstreamRoute route) {
    return Stream.concat(Stream.of(route), route.getFallbacksList().stream());
  }

  /** Answers the name of the list. */
  private String watchEndpoints(UpstreamRoute way) {
    String list = way.getEndpoints();
    String service = way.getUpstream().getDestinationName();
    String peer = way.getUpstream().getDestinationPeer();
    if (list.equals(GATEWAYS)) {
      endpoints.want(GATEWAYS, view -> new Health(view).ofKind("", ProxyResources.MESH_GATEWAY));
    } else if (peer.isEmpty()) {
      endpoints.want(list, view -> new Health(view).connect("", service));
    } else {
      endpoints.wantWan(list, view -> new Health(view).connect(peer, service));
    }
    return list;
  }

  /** Before the upstreams that need them: a connection could be made at once. */
  private void watchBundles(SortedSet<String> peers) {
    if (bundles.isPresent() && peers.equals(upstreamPeers)) {
      return;
    }
    upstreamPeers = peers;
    bundles.ifPresent(WatchedQuery::close);
    bundlesKnown = false;
    WatchedQuery<Bundles> query =
        queries.of(
            view -> bundles(view, peers),
            now -> {
              bundlesAre(now);
              offerLists(now.index());
            });
    bundles = Optional.of(query);
    query.first().ifPresent(this::bundlesAre);
  }

  /**
   * Of those to whom the service is exported, by whatever entry: exact entries do not hide wildcard
   * ones, or a peer that is shown the service could not call it.
   */
  private Bundles bundles(View view, SortedSet<String> peersOfUpstreams) {
    SortedSet<String> callers =
        new ExportResolver(view)
            .consumers()
            .getOrDefault(open.getService(), Collections.emptySortedSet());
    ActivePeers active = ActivePeers.of(view);
    Map<String, ProxyTrustBundle> found = new TreeMap<>();
    for (PeeringTrustBundle bundle : new Peerings(view).trustBundles()) {
      String peer = bundle.getPeerName();
      boolean mayCall = callers.contains(peer);
      if (active.has(peer) && (mayCall || peersOfUpstreams.contains(peer))) {
        found.put(
            peer,
            ProxyTrustBundle.newBuilder()
                .setBundle(bundle.toBuilder().clearCreateIndex().clearModifyIndex())
                .setMayCall(mayCall)
                .build());
      }
    }
    return new Bundles(found, view.publicIndex());
  }

  private void bundlesAre(Bundles now) {
    bundlesKnown = true;
    now.byPeer()
        .forEach((peer, bundle) -> resources.put(ProxyResources.TRUST_BUNDLE, peer, bundle));
    resources.retain(ProxyResources.TRUST_BUNDLE, now.byPeer().keySet());
  }

  private void offerLists(long index) {
    if (configKnown && intentionsKnown && bundlesKnown && upstreamsKnown) {
      resources.offerLists(ProxyResources.of(ProxyResources.SIDECAR), index);
    }
  }

  @Override
  public void close() {
    always.forEach(WatchedQuery::close);
    bundles.ifPresent(WatchedQuery::close);
    endpoints.retain(Set.of());
  }
}
