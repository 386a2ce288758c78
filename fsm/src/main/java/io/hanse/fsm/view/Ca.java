package io.hanse.fsm.view;

import io.hanse.fsm.row.CaConfiguration;
import io.hanse.fsm.row.CaRoot;
import io.hanse.fsm.row.ClusterIdentity;
import io.hanse.fsm.store.Key;
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
    return Tables.CLUSTER.get(rows, Keys.ONLY);
  }

  /** "<cluster id>.consul", once there is an identity. */
  public Optional<String> trustDomain() {
    return cluster().map(identity -> identity.getId() + ".consul");
  }

  public Optional<CaConfiguration> configuration() {
    return Tables.CA_CONFIGURATION.get(rows, Keys.ONLY);
  }

  public List<CaRoot> roots() {
    return Tables.CA_ROOTS.list(rows, Key.EMPTY);
  }

  public Optional<CaRoot> activeRoot() {
    return roots().stream().filter(CaRoot::getActive).findFirst();
  }
}
