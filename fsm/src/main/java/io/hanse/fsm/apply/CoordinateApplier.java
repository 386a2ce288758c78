package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.Refusals.invalid;
import static io.hanse.fsm.apply.Refusals.requireNames;

import io.hanse.fsm.row.Coordinate;
import io.hanse.fsm.row.WriteCoordinate;
import io.hanse.fsm.store.Transaction;
import io.hanse.fsm.view.Catalog;
import io.hanse.fsm.view.Coordinates;
import io.hanse.fsm.view.Keys;
import io.hanse.fsm.view.Tables;

/** Coordinates of this cluster's nodes; they go with their node. */
final class CoordinateApplier {
  private CoordinateApplier() {}

  static Applied write(ApplyContext context, WriteCoordinate command) {
    Coordinate coordinate = command.getCoordinate();
    requireNames(coordinate.getNode(), coordinate.getSegment());
    boolean isFinite =
        Double.isFinite(coordinate.getCoord().getError())
            && Double.isFinite(coordinate.getCoord().getAdjustment())
            && Double.isFinite(coordinate.getCoord().getHeight())
            && coordinate.getCoord().getVecList().stream().allMatch(Double::isFinite);
    if (!isFinite) {
      throw invalid("invalid coordinate");
    }
    if (new Catalog(context.rows()).node("", coordinate.getNode()).isEmpty()) {
      return Applied.NOT_DONE;
    }
    Tables.COORDINATES.put(context.rows(), coordinate);
    return Applied.DONE;
  }

  static void nodeGone(Transaction rows, String node) {
    for (Coordinate coordinate : new Coordinates(rows).ofNode(node)) {
      Tables.COORDINATES.remove(
          rows, Keys.coordinate(coordinate.getNode(), coordinate.getSegment()));
    }
  }
}
