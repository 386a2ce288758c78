package io.hanse.peering;

import io.hanse.fsm.row.DialCandidate;
import io.hanse.fsm.row.PeerAddress;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.store.Rows;
import io.hanse.fsm.view.Peerings;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a peering is dialed, the first first: through this cluster's own gateways, if that is
 * wanted; then where its operator has pinned it, else where the other cluster's operator has (what
 * this one's prefers of that first), else where the other cluster itself says; through gateways
 * that do not pass their checks last. Source: peering protocol, section 3.6, where the health of
 * gateways makes no difference.
 */
public final class DialTargets {
  private static final String GATEWAY = "gateway";
  private static final String PEER = "peer";

  private DialTargets() {}

  /** In the order in which they are tried. */
  public static List<DialCandidate> of(Rows rows, Peering peering) {
    if (!MeshGateways.areUsed(rows)) {
      return direct(rows, peering);
    }
    List<DialCandidate> candidates = new ArrayList<>();
    MeshGateways.lan(rows).forEach(address -> candidates.add(candidate(address, "", GATEWAY)));
    candidates.addAll(direct(rows, peering));
    MeshGateways.lanSilent(rows)
        .forEach(address -> candidates.add(candidate(address, "", GATEWAY)));
    return candidates;
  }

  /** Without the gateways: where these relay to. */
  public static List<DialCandidate> direct(Rows rows, Peering peering) {
    List<DialCandidate> candidates = new ArrayList<>();
    for (PeerAddress pinned : new Peerings(rows).pinned(peering.getId())) {
      candidates.add(candidate(pinned.getAddress(), pinned.getLabel(), "pinned"));
    }
    if (candidates.isEmpty()) {
      LabelledAddresses.preferring(
              peering.getPreferredLabel(),
              LabelledAddresses.of(
                  peering.getManualServerAddressesList(), peering.getAddressLabelsMap()))
          .forEach(
              named -> candidates.add(candidate(named.getAddress(), named.getLabel(), "token")));
    }
    if (candidates.isEmpty()) {
      peering
          .getPeerServerAddressesList()
          .forEach(address -> candidates.add(candidate(address, "", PEER)));
    }
    return candidates;
  }

  /** Whether the other cluster said so itself, in its token or later. */
  public static boolean isToldByPeer(DialCandidate candidate) {
    return candidate.getOrigin().equals(PEER);
  }

  static List<String> addresses(List<DialCandidate> candidates) {
    return candidates.stream().map(DialCandidate::getAddress).toList();
  }

  static boolean isGateway(DialCandidate candidate) {
    return candidate.getOrigin().equals(GATEWAY);
  }

  private static DialCandidate candidate(String address, String label, String origin) {
    return DialCandidate.newBuilder().setAddress(address).setLabel(label).setOrigin(origin).build();
  }
}
