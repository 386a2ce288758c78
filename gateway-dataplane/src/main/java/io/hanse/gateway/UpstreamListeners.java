package io.hanse.gateway;

import io.hanse.gateway.feed.ProxySnapshot;
import io.hanse.gateway.relay.Originator;
import io.hanse.gateway.relay.OutboundTls;
import io.hanse.gateway.relay.UpstreamTls;
import io.hanse.gateway.route.RouteCompiler;
import io.hanse.gateway.route.Target;
import io.hanse.gateway.route.TargetUsage;
import io.hanse.identity.LeafKeys;
import io.hanse.peering.proto.UpstreamRoute;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The upstreams of a sidecar: one local listener for each. Changed on the feed's loop only. */
final class UpstreamListeners {
  private static final Logger LOG = LoggerFactory.getLogger(UpstreamListeners.class);

  /** What makes new TLS necessary. */
  private record Proof(String sni, List<String> spiffeIds, String trustDomain, Set<String> roots) {}

  /** An upstream with what was made for it. */
  private static final class Entry {
    final Originator front;
    UpstreamRoute route;
    Proof proof;
    Originator.Upstream upstream;

    Entry(UpstreamRoute route, Proof proof, Originator.Upstream upstream) {
      this.route = route;
      this.proof = proof;
      this.upstream = upstream;
      this.front = new Originator(upstream);
    }
  }

  private final ProxyRuntime runtime;
  private final RouteCompiler compiler;
  private final LeafKeys keys;
  private final Map<String, Entry> entries = new TreeMap<>();
  private final Map<String, Target> targets = new ConcurrentSkipListMap<>();

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
        targets.remove(name);
        runtime.unlisten(name);
        entry.upstream.target().usage().setGone(true);
      }
    }
    boolean all = true;
    for (UpstreamRoute route : new TreeMap<>(snapshot.upstreams()).values()) {
      all &= update(route, roots);
    }
    return all;
  }

  private boolean update(UpstreamRoute route, MeshRoots roots) {
    Entry entry = entries.get(route.getName());
    Proof proof =
        new Proof(
            route.getSni(),
            route.getSpiffeIdsList(),
            route.getTrustDomain(),
            roots.ofUpstream(route.getTrustDomain()));
    if (entry == null) {
      Target target = target(route, new TargetUsage());
      Entry made = new Entry(route, proof, new Originator.Upstream(target, tls(proof)));
      entries.put(route.getName(), made);
      targets.put(route.getName(), target);
      entry = made;
      if (route.getUpstream().getLocalBindPort() == 0) {
        LOG.warn("upstream has no port and is not served name={}", route.getName());
      }
    } else {
      Target target = target(route, entry.upstream.target().usage());
      Optional<UpstreamTls> tls = proof.equals(entry.proof) ? entry.upstream.tls() : tls(proof);
      entry.route = route;
      entry.proof = proof;
      entry.upstream = new Originator.Upstream(target, tls);
      entry.front.update(entry.upstream);
      targets.put(route.getName(), target);
    }
    return route.getUpstream().getLocalBindPort() == 0
        || runtime.listen(
            route.getName(), ListenAddresses.of(route.getUpstream()), false, entry.front);
  }

  private Target target(UpstreamRoute route, TargetUsage usage) {
    return new Target(
        route.getName(),
        route.getUpstream().getDestinationName(),
        route.getUpstream().getDestinationPeer(),
        route.getConnectTimeoutMillis(),
        compiler.picker(route.getEndpoints()),
        usage);
  }

  /** Without a name to ask for, identities to expect and roots to verify by, nobody is dialed. */
  private Optional<UpstreamTls> tls(Proof proof) {
    if (proof.sni().isEmpty() || proof.spiffeIds().isEmpty() || proof.roots().isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new OutboundTls(proof.sni(), proof.spiffeIds(), proof.trustDomain(), proof.roots(), keys));
  }

  private static boolean hasMoved(UpstreamRoute before, UpstreamRoute now) {
    return !ListenAddresses.of(before.getUpstream()).equals(ListenAddresses.of(now.getUpstream()));
  }
}
