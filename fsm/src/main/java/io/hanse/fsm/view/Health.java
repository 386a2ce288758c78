package io.hanse.fsm.view;

import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.row.HealthCheck;
import io.hanse.fsm.store.Rows;
import java.util.List;

/** Checks, and instances with their checks. A peer of "" means this cluster. */
public final class Health {
  private final Rows rows;

  public Health(Rows rows) {
    this.rows = rows;
  }

  public List<HealthCheck> ofNode(String peer, String node) {
    throw new UnsupportedOperationException(rows.toString());
  }

  public List<HealthCheck> ofService(String peer, String service) {
    throw new UnsupportedOperationException(rows.toString());
  }

  /** All checks in a state; "any" means every state. */
  public List<HealthCheck> inState(String peer, String state) {
    throw new UnsupportedOperationException(rows.toString());
  }

  /** The instances of a service with the checks of each and of its node. */
  public List<CheckServiceNode> service(String peer, String name) {
    throw new UnsupportedOperationException(rows.toString());
  }

  public List<CheckServiceNode> connect(String peer, String name) {
    throw new UnsupportedOperationException(rows.toString());
  }

  public List<CheckServiceNode> ofKind(String peer, String kind) {
    throw new UnsupportedOperationException(rows.toString());
  }
}
