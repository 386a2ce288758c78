package io.hanse.fsm.view;

import io.hanse.fsm.row.Coordinate;
import io.hanse.fsm.store.Key;
import io.hanse.fsm.store.Rows;
import java.util.List;

/** Where nodes are in the network. */
public final class Coordinates {
  private final Rows rows;

  public Coordinates(Rows rows) {
    this.rows = rows;
  }

  public List<Coordinate> all() {
    return Tables.COORDINATES.list(rows, Key.EMPTY);
  }

  /** In each segment of the network that the node is in. */
  public List<Coordinate> ofNode(String node) {
    return Tables.COORDINATES.list(rows, Keys.coordinates(node));
  }
}
