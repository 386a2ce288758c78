package io.hanse.fsm.view;

import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PeeringSecrets;
import io.hanse.fsm.row.PeeringTrustBundle;
import io.hanse.fsm.store.Rows;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/** Peerings as stored, their secrets and trust bundles. */
public final class Peerings {
  private final Rows rows;

  public Peerings(Rows rows) {
    this.rows = rows;
  }

  public Optional<Peering> byName(String name) {
    throw new UnsupportedOperationException(rows.toString());
  }

  public Optional<Peering> byId(String id) {
    throw new UnsupportedOperationException(rows.toString());
  }

  /** All by name. */
  public List<Peering> all() {
    throw new UnsupportedOperationException(rows.toString());
  }

  public Optional<PeeringSecrets> secrets(String peeringId) {
    throw new UnsupportedOperationException(rows.toString());
  }

  public Optional<PeeringTrustBundle> trustBundle(String peer) {
    throw new UnsupportedOperationException(rows.toString());
  }

  public List<PeeringTrustBundle> trustBundles() {
    throw new UnsupportedOperationException(rows.toString());
  }

  /** The names of all services imported from a peer, sidecar twins included. */
  public SortedSet<String> importedServices(String peer) {
    throw new UnsupportedOperationException(rows.toString());
  }
}
