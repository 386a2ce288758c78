package io.hanse.peering.replication;

import io.hanse.fsm.row.PeeringTrustBundle;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Ca;
import io.hanse.fsm.view.Keys;
import io.hanse.fsm.view.Peerings;
import java.util.Collections;
import java.util.Optional;

/**
 * Says for which trust domains a peer may bring roots: for none that is this cluster's, or that was
 * another peer's before. Sidecars believe only roots in which all who name a trust domain agree, so
 * one more who names it could end the calls of the others. Does not ask whose it is in truth.
 */
final class TrustDomainClaims {
  private TrustDomainClaims() {}

  /**
   * Why a peer's bundle is not to be stored; empty if it may be. Who came first may change all of
   * its roots. A cluster may be peered under two names: then both bring the same roots, or during a
   * rotation some of the same.
   */
  static Optional<String> refusal(View view, PeeringTrustBundle bundle, String peer) {
    String domain = Keys.fold(bundle.getTrustDomain());
    String claim = "trust domain \"" + bundle.getTrustDomain() + "\" is ";
    if (new Ca(view).trustDomain().map(Keys::fold).filter(domain::equals).isPresent()) {
      return Optional.of(claim + "this cluster's own");
    }
    Peerings peerings = new Peerings(view);
    long since =
        peerings
            .trustBundle(peer)
            .filter(held -> Keys.fold(held.getTrustDomain()).equals(domain))
            .map(PeeringTrustBundle::getCreateIndex)
            .orElse(Long.MAX_VALUE);
    for (PeeringTrustBundle other : peerings.trustBundles()) {
      boolean isOthers =
          Keys.fold(other.getTrustDomain()).equals(domain)
              && !Keys.fold(other.getPeerName()).equals(Keys.fold(peer))
              && peerings.byName(other.getPeerName()).filter(Peerings::isActive).isPresent();
      if (isOthers
          && other.getCreateIndex() < since
          && Collections.disjoint(other.getRootPemsList(), bundle.getRootPemsList())) {
        return Optional.of(claim + "already that of another peering, with other roots");
      }
    }
    return Optional.empty();
  }
}
