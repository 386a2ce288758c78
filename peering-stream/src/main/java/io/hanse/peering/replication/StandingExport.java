package io.hanse.peering.replication;

import com.google.protobuf.Message;
import io.hanse.fsm.row.CaRoot;
import io.hanse.fsm.row.PeeringServerAddresses;
import io.hanse.fsm.row.PeeringTrustBundle;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Ca;
import io.hanse.peering.ServerAddresses;
import io.hanse.peering.protocol.PeerResources;
import io.hanse.peering.protocol.ResourceType;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A resource that every peer gets, whatever is exported to it.
 *
 * @param question answers its content; empty: nothing is sent, the peer keeps what it has
 */
record StandingExport(
    ResourceType type, String id, Function<View, Optional<? extends Message>> question) {

  /** All roots of this cluster, old ones too: the peer dials us trusting these and no others. */
  static final StandingExport TRUST_BUNDLE =
      new StandingExport(
          PeerResources.TRUST_BUNDLE, PeerResources.TRUST_BUNDLE_ID, StandingExport::trustBundle);

  /** Where this cluster can be dialed; of use to a dialer only. */
  static final StandingExport SERVER_ADDRESSES =
      new StandingExport(
          PeerResources.SERVER_ADDRESSES,
          PeerResources.SERVER_ADDRESSES_ID,
          StandingExport::serverAddresses);

  private static Optional<PeeringTrustBundle> trustBundle(View view) {
    Ca ca = new Ca(view);
    Optional<String> trustDomain = ca.trustDomain();
    PeeringTrustBundle.Builder bundle = PeeringTrustBundle.newBuilder();
    for (CaRoot root : ca.roots()) {
      bundle.addRootPems(root.getRootCert());
    }
    return bundle.getRootPemsCount() == 0
        ? Optional.empty()
        : trustDomain.map(domain -> bundle.setTrustDomain(domain).build());
  }

  private static Optional<PeeringServerAddresses> serverAddresses(View view) {
    List<String> addresses = ServerAddresses.forDialers(view);
    return addresses.isEmpty()
        ? Optional.empty()
        : Optional.of(PeeringServerAddresses.newBuilder().addAllAddresses(addresses).build());
  }
}
