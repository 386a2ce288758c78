package io.hanse.fsm.view;

import io.hanse.fsm.config.ConfigEntryKind;
import io.hanse.fsm.config.PeeringPolicies;
import io.hanse.fsm.row.ConfigEntry;
import io.hanse.fsm.row.ImportWithdrawal;
import io.hanse.fsm.row.ImportedService;
import io.hanse.fsm.row.PeerAddress;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PeeringPolicy;
import io.hanse.fsm.row.PeeringSecrets;
import io.hanse.fsm.row.PeeringState;
import io.hanse.fsm.row.PeeringTrustBundle;
import io.hanse.fsm.row.PinnedAddresses;
import io.hanse.fsm.store.Key;
import io.hanse.fsm.store.Rows;
import io.hanse.fsm.store.TableId;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/** Peerings as stored, their secrets and trust bundles. */
public final class Peerings {
  private final Rows rows;

  public Peerings(Rows rows) {
    this.rows = rows;
  }

  /** Whether this side dials; the role of a peering never changes. */
  public static boolean dials(Peering peering) {
    return peering.getPeerServerAddressesCount() > 0 || peering.getManualServerAddressesCount() > 0;
  }

  /** Whether anything may flow: neither side has deleted it. */
  public static boolean isActive(Peering peering) {
    return peering.getState() != PeeringState.TERMINATED && !isBeingDeleted(peering);
  }

  /** Whether this side has deleted it, and what it brought is being removed. */
  public static boolean isBeingDeleted(Peering peering) {
    return peering.getState() == PeeringState.DELETING || peering.hasDeletedAt();
  }

  public Optional<Peering> byName(String name) {
    return Tables.PEERINGS.listBy(rows, TableId.PEERINGS_BY_NAME, Keys.peer(name)).stream()
        .findFirst();
  }

  public Optional<Peering> byId(String id) {
    return Tables.PEERINGS.get(rows, Keys.peering(id));
  }

  /** Whether this side has deleted it: marked so, or no more. */
  public boolean isToBeDeleted(String id) {
    return byId(id).map(Peering::hasDeletedAt).orElse(true);
  }

  /** All by name. */
  public List<Peering> all() {
    return Tables.PEERINGS.listBy(rows, TableId.PEERINGS_BY_NAME, Key.EMPTY);
  }

  public Optional<PeeringSecrets> secrets(String peeringId) {
    return Tables.PEERING_SECRETS.get(rows, Keys.peering(peeringId));
  }

  /** Whether the other cluster has, or was given, the secret of a stream. */
  public boolean isRedeemed(String peeringId) {
    return secrets(peeringId)
        .filter(each -> !each.getActiveStream().isEmpty() || !each.getPendingStream().isEmpty())
        .isPresent();
  }

  /** Where the operator of this side wants the other cluster dialed; none: where that says. */
  public List<PeerAddress> pinned(String peeringId) {
    return Tables.PINNED_ADDRESSES
        .get(rows, Keys.peering(peeringId))
        .map(PinnedAddresses::getAddressesList)
        .orElse(List.of());
  }

  public Optional<PeeringTrustBundle> trustBundle(String peer) {
    return Tables.TRUST_BUNDLES.get(rows, Keys.peer(peer));
  }

  public List<PeeringTrustBundle> trustBundles() {
    return Tables.TRUST_BUNDLES.list(rows, Key.EMPTY);
  }

  /**
   * Since when what a peer exported is withheld from readers; empty where it isn't. Nothing is
   * withheld of this cluster, which has no name.
   */
  public Optional<ImportWithdrawal> withdrawal(String peer) {
    return peer.isEmpty() ? Optional.empty() : Tables.IMPORT_WITHDRAWALS.get(rows, Keys.peer(peer));
  }

  /** What becomes of a peer's services when it falls silent: its own policy, else that for all. */
  public PeeringPolicy policy(String peer) {
    ConfigEntries entries = new ConfigEntries(rows);
    return entries
        .entry(ConfigEntryKind.PEERING, peer)
        .or(() -> entries.entry(ConfigEntryKind.PEERING, PeeringPolicies.ANY))
        .map(ConfigEntry::getPeering)
        .orElse(PeeringPolicies.NONE);
  }

  /**
   * What is imported from a peer and which content of it is stored, by name; a mark that is empty
   * tells of none.
   */
  public SortedMap<String, ImportedService> importMarks(String peer) {
    SortedMap<String, ImportedService> marks = new TreeMap<>();
    for (String service : importedServices(peer)) {
      marks.put(Keys.fold(service), ImportedService.newBuilder().setService(service).build());
    }
    Tables.IMPORTED_SERVICES.forEach(
        rows, Key.ofPeer(peer), row -> marks.put(Keys.fold(row.getService()), row));
    return marks;
  }

  /** The names of all services imported from a peer, sidecar twins included. */
  public SortedSet<String> importedServices(String peer) {
    return new Catalog(rows).names(peer);
  }
}
