package io.hanse.peering.replication;

import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.Node;
import io.hanse.fsm.row.PurgeImports;
import io.hanse.fsm.store.Key;
import io.hanse.fsm.store.Rows;
import io.hanse.fsm.view.Keys;
import io.hanse.fsm.view.Servers;
import io.hanse.fsm.view.Tables;

/**
 * The next step of clearing away what a peer brought: so many nodes that all writes behind it wait
 * for few rows. Where one node has too many, or too many services are marked, rows are counted
 * instead. Servers of a lower level stop at that, so it is not asked of them.
 */
final class PurgeStep {
  static final int ROWS_MAX = 2_000;
  private static final int LEVEL = 4;

  private PurgeStep() {}

  static Command of(Rows rows, String peer, int nodesMax) {
    int count = Tables.IMPORTED_SERVICES.first(rows, Key.ofPeer(peer), ROWS_MAX).size();
    int nodes = 0;
    for (Node node : Tables.NODES.first(rows, Key.ofPeer(peer), nodesMax)) {
      Key key = Keys.node(peer, node.getNode());
      count++;
      count += Tables.SERVICES.first(rows, key, ROWS_MAX).size();
      count += Tables.CHECKS.first(rows, key, ROWS_MAX).size();
      if (count > ROWS_MAX) {
        break;
      }
      nodes++;
    }
    PurgeImports.Builder purge = PurgeImports.newBuilder().setPeer(peer);
    boolean countsRows = count > ROWS_MAX && nodes == 0 && new Servers(rows).below(LEVEL).isEmpty();
    return countsRows
        ? Command.newBuilder().setPurgeImports(purge.setRowsMax(ROWS_MAX)).setLevel(LEVEL).build()
        : Command.newBuilder().setPurgeImports(purge.setNodesMax(Math.max(1, nodes))).build();
  }
}
