package io.hanse.peering.replication;

import io.hanse.fsm.row.PeeringTrustBundle;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Ca;
import io.hanse.fsm.view.Keys;
import io.hanse.fsm.view.Peerings;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * For which trust domains a peer may bring roots: for all but this cluster's own. A domain is no
 * secret, so who named it first proves nothing; what a peer's roots sign counts as that peer's
 * alone (see {@link io.hanse.identity.Vouched}).
 */
final class TrustDomainClaims {
  private TrustDomainClaims() {}

  /** Why a peer's bundle is not to be stored; empty if it may be. */
  static Optional<String> refusal(View view, PeeringTrustBundle bundle) {
    String domain = Keys.fold(bundle.getTrustDomain());
    return new Ca(view)
        .trustDomain()
        .map(Keys::fold)
        .filter(domain::equals)
        .map(own -> "trust domain \"" + bundle.getTrustDomain() + "\" is this cluster's own");
  }

  /**
   * The active peers that bring roots of their own for the trust domain of this one's bundle. One
   * of them claims what is another's, unless they are one cluster in the middle of a rotation.
   */
  static List<String> rivals(View view, PeeringTrustBundle bundle, String peer) {
    String domain = Keys.fold(bundle.getTrustDomain());
    Peerings peerings = new Peerings(view);
    return peerings.trustBundles().stream()
        .filter(other -> Keys.fold(other.getTrustDomain()).equals(domain))
        .filter(other -> Collections.disjoint(other.getRootPemsList(), bundle.getRootPemsList()))
        .map(PeeringTrustBundle::getPeerName)
        .filter(other -> !Keys.fold(other).equals(Keys.fold(peer)))
        .filter(other -> peerings.byName(other).filter(Peerings::isActive).isPresent())
        .toList();
  }
}
