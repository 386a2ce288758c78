package io.hanse.fsm.view;

import io.hanse.fsm.row.CaConfiguration;
import io.hanse.fsm.row.CaRoot;
import io.hanse.fsm.row.ClusterIdentity;
import io.hanse.fsm.store.Rows;
import java.util.List;
import java.util.Optional;

/** Who this cluster is, and its certificate authority. */
public final class Ca {
  private final Rows rows;

  public Ca(Rows rows) {
    this.rows = rows;
  }

  public Optional<ClusterIdentity> cluster() {
    throw new UnsupportedOperationException(rows.toString());
  }

  /** "<cluster id>.consul", once there is an identity. */
  public Optional<String> trustDomain() {
    throw new UnsupportedOperationException(rows.toString());
  }

  public Optional<CaConfiguration> configuration() {
    throw new UnsupportedOperationException(rows.toString());
  }

  public List<CaRoot> roots() {
    throw new UnsupportedOperationException(rows.toString());
  }

  public Optional<CaRoot> activeRoot() {
    throw new UnsupportedOperationException(rows.toString());
  }
}
