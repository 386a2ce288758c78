package io.hanse.gateway;

import io.hanse.gateway.feed.ProxySnapshot;
import io.hanse.gateway.relay.Originator;
import io.hanse.gateway.relay.OutboundTls;
import io.hanse.gateway.relay.UpstreamTls;
import io.hanse.gateway.route.RouteCompiler;
import io.hanse.gateway.route.Target;
import io.hanse.gateway.route.TargetUsages;
import io.hanse.identity.LeafKeys;
import io.hanse.identity.TrustSource;
import io.hanse.peering.proto.UpstreamRoute;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The upstreams of a sidecar: one local listener for each. Changed on the feed's loop only. */
final class UpstreamListeners {
  private static final Logger LOG = LoggerFactory.getLogger(UpstreamListeners.class);

  /** What makes new TLS necessary. */
  private record Proof(String sni, List<String> spiffeIds, Optional<TrustSource> source) {}

  /** A way to an upstream with what its TLS was made of. */
  private record Way(Proof proof, Originator.Upstream upstream) {
    Target target() {
      return upstream.target();
    }
  }

  /** An upstream with what was made for it; ways by name, in the order of preference. */
  private static final class Entry {
    final Originator front;
    UpstreamRoute route;
    Map<String, Way> ways;

    Entry(UpstreamRoute route, Map<String, Way> ways) {
      this.route = route;
      this.ways = ways;
      this.front = new Originator(upstreams());
    }

    List<Originator.Upstream> upstreams() {
      return ways.values().stream().map(Way::upstream).toList();
    }
  }

  private final ProxyRuntime runtime;
  private final RouteCompiler compiler;
  private final LeafKeys keys;
  private final Map<String, Entry> entries = new TreeMap<>();
  private final Map<String, Target> targets = new ConcurrentSkipListMap<>();
  private final TargetUsages usages = new TargetUsages();

  UpstreamListeners(ProxyRuntime runtime, RouteCompiler compiler, LeafKeys keys) {
    this.runtime = runtime;
    this.compiler = compiler;
    this.keys = keys;
  }

  /** Safe from any thread. */
  Collection<Target> targets() {
    return targets.values();
  }

  /** Answers whether all listen. */
  boolean update(ProxySnapshot snapshot, MeshRoots roots) {
    for (String name : new ArrayList<>(entries.keySet())) {
      UpstreamRoute now = snapshot.upstreams().get(name);
      Entry entry = entries.get(name);
      boolean moved = now == null || entry == null || hasMoved(entry.route, now);
      if (moved && entry != null) {
        entries.remove(name);
        runtime.unlisten(name);
        entry.ways.values().forEach(this::forget);
      }
    }
    boolean all = true;
    for (UpstreamRoute route : new TreeMap<>(snapshot.upstreams()).values()) {
      all &= update(route, roots);
    }
    usages.retain(targets.keySet());
    return all;
  }

  private boolean update(UpstreamRoute route, MeshRoots roots) {
    Entry entry = entries.get(route.getName());
    Map<String, Way> before = entry == null ? Map.of() : entry.ways;
    Map<String, Way> ways = new LinkedHashMap<>();
    ways.put(route.getName(), way(route, before, roots));
    for (UpstreamRoute fallback : route.getFallbacksList()) {
      ways.put(fallback.getName(), way(fallback, before, roots));
    }
    if (entry == null) {
      entry = new Entry(route, ways);
      entries.put(route.getName(), entry);
      if (route.getUpstream().getLocalBindPort() == 0) {
        LOG.warn("upstream has no port and is not served name={}", route.getName());
      }
    } else {
      entry.route = route;
      entry.ways = ways;
      entry.front.update(entry.upstreams());
    }
    before.forEach(
        (name, way) -> {
          if (!ways.containsKey(name)) {
            forget(way);
          }
        });
    ways.forEach((name, way) -> targets.put(name, way.target()));
    return route.getUpstream().getLocalBindPort() == 0
        || runtime.listen(
            route.getName(), ListenAddresses.of(route.getUpstream()), false, entry.front);
  }

  private Way way(UpstreamRoute route, Map<String, Way> before, MeshRoots roots) {
    Proof proof =
        new Proof(
            route.getSni(),
            route.getSpiffeIdsList(),
            roots.ofUpstream(route.getUpstream().getDestinationPeer(), route.getTrustDomain()));
    Optional<Way> known = Optional.ofNullable(before.get(route.getName()));
    Optional<UpstreamTls> tls =
        known
            .filter(way -> way.proof().equals(proof))
            .map(way -> way.upstream().tls())
            .orElseGet(() -> tls(proof));
    return new Way(proof, new Originator.Upstream(target(route), tls, route.getUnhealthy()));
  }

  private void forget(Way way) {
    targets.remove(way.target().name());
  }

  private Target target(UpstreamRoute route) {
    return new Target(
        route.getName(),
        route.getUpstream().getDestinationName(),
        route.getUpstream().getDestinationPeer(),
        route.getConnectTimeoutMillis(),
        compiler.picker(route.getEndpoints()),
        usages.of(route.getName()));
  }

  /** Without a name to ask for, identities to expect and roots to verify by, nobody is dialed. */
  private Optional<UpstreamTls> tls(Proof proof) {
    if (proof.sni().isEmpty() || proof.spiffeIds().isEmpty()) {
      return Optional.empty();
    }
    return proof
        .source()
        .map(source -> new OutboundTls(proof.sni(), proof.spiffeIds(), source, keys));
  }

  private static boolean hasMoved(UpstreamRoute before, UpstreamRoute now) {
    return !ListenAddresses.of(before.getUpstream()).equals(ListenAddresses.of(now.getUpstream()));
  }
}
