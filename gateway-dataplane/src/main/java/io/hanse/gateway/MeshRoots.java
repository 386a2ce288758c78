package io.hanse.gateway;

import io.hanse.fsm.row.PeeringTrustBundle;
import io.hanse.gateway.feed.ProxySnapshot;
import io.hanse.identity.TrustSource;
import io.hanse.peering.proto.ProxyTrustBundle;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Whose roots a sidecar believes. Callers and upstreams are different questions: a peer whose
 * services are called may not call by that, and who answers for a peer's service is proved by that
 * peer's roots alone, whoever else names its trust domain.
 *
 * @param ofCallers this cluster's own and those of peers that may call
 * @param ofUpstreams by peer; this cluster's own by the empty name
 * @param callers the bundles of the peers that may call
 */
record MeshRoots(
    List<TrustSource> ofCallers,
    Map<String, TrustSource> ofUpstreams,
    List<PeeringTrustBundle> callers) {

  static MeshRoots of(ProxySnapshot snapshot) {
    TrustSource own =
        TrustSource.own(snapshot.config().getTrustDomain(), snapshot.config().getRootPemsList());
    List<TrustSource> ofCallers = new ArrayList<>(List.of(own));
    Map<String, TrustSource> ofUpstreams = new TreeMap<>(Map.of("", own));
    List<PeeringTrustBundle> callers = new ArrayList<>();
    for (ProxyTrustBundle each : new TreeMap<>(snapshot.bundles()).values()) {
      PeeringTrustBundle bundle = each.getBundle();
      TrustSource source =
          new TrustSource(bundle.getPeerName(), bundle.getTrustDomain(), bundle.getRootPemsList());
      if (source.trustDomain().equals(own.trustDomain()) || source.peer().isEmpty()) {
        // Nobody but this cluster speaks for its own trust domain.
        continue;
      }
      ofUpstreams.put(source.peer(), source);
      if (each.getMayCall()) {
        ofCallers.add(source);
        callers.add(bundle);
      }
    }
    return new MeshRoots(ofCallers, ofUpstreams, callers);
  }

  /** By whose roots a service must prove itself; empty while that is not known. */
  Optional<TrustSource> ofUpstream(String peer, String trustDomain) {
    return Optional.ofNullable(ofUpstreams.get(peer))
        .filter(source -> source.trustDomain().equalsIgnoreCase(trustDomain));
  }
}
