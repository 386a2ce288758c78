package io.hanse.gateway;

import io.hanse.fsm.row.PeeringTrustBundle;
import io.hanse.gateway.feed.ProxySnapshot;
import io.hanse.peering.proto.ProxyTrustBundle;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Whose roots a sidecar believes, by trust domain. Callers and upstreams are different questions: a
 * peer whose services are called may not call by that. Where several peers name one trust domain,
 * only roots that all of them name are believed: else one could vouch for the services of another.
 *
 * @param ofCallers this cluster's own and those of peers that may call
 * @param ofUpstreams this cluster's own and those of all peers known
 * @param callers the bundles of the peers that may call
 */
record MeshRoots(
    Map<String, Set<String>> ofCallers,
    Map<String, Set<String>> ofUpstreams,
    List<PeeringTrustBundle> callers) {

  static MeshRoots of(ProxySnapshot snapshot) {
    Map<String, Set<String>> ofCallers = new TreeMap<>();
    Map<String, Set<String>> ofUpstreams = new TreeMap<>();
    List<PeeringTrustBundle> callers = new ArrayList<>();
    String own = fold(snapshot.config().getTrustDomain());
    for (ProxyTrustBundle each : new TreeMap<>(snapshot.bundles()).values()) {
      PeeringTrustBundle bundle = each.getBundle();
      if (fold(bundle.getTrustDomain()).equals(own)) {
        // Nobody but this cluster speaks for its own trust domain.
        continue;
      }
      add(ofUpstreams, bundle.getTrustDomain(), bundle.getRootPemsList());
      if (each.getMayCall()) {
        add(ofCallers, bundle.getTrustDomain(), bundle.getRootPemsList());
        callers.add(bundle);
      }
    }
    add(ofCallers, own, snapshot.config().getRootPemsList());
    add(ofUpstreams, own, snapshot.config().getRootPemsList());
    return new MeshRoots(ofCallers, ofUpstreams, callers);
  }

  /** Empty if the trust domain is not known. */
  Set<String> ofUpstream(String trustDomain) {
    return ofUpstreams.getOrDefault(fold(trustDomain), Set.of());
  }

  private static void add(Map<String, Set<String>> roots, String domain, List<String> pems) {
    roots.merge(fold(domain), new LinkedHashSet<>(pems), MeshRoots::common);
  }

  private static Set<String> common(Set<String> some, Set<String> others) {
    Set<String> common = new LinkedHashSet<>(some);
    common.retainAll(others);
    return common;
  }

  private static String fold(String domain) {
    return domain.toLowerCase(Locale.ROOT);
  }
}
