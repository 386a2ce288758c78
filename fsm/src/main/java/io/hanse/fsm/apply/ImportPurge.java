package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.Refusals.invalid;
import static io.hanse.fsm.apply.Refusals.precondition;

import io.hanse.fsm.row.ImportedService;
import io.hanse.fsm.row.Node;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PurgeImports;
import io.hanse.fsm.store.Key;
import io.hanse.fsm.store.TableId;
import io.hanse.fsm.store.Transaction;
import io.hanse.fsm.view.Keys;
import io.hanse.fsm.view.Peerings;
import io.hanse.fsm.view.Tables;
import java.util.List;
import java.util.Optional;

/**
 * Clears away what a peer brought, once nothing flows any more, one step with each command: no
 * other command waits for all of it. Source: peering protocol, section 8.3.
 */
final class ImportPurge {
  private final Transaction rows;
  private final String peer;
  private final CatalogWriter catalog;

  private ImportPurge(Transaction rows, String peer) {
    this.rows = rows;
    this.peer = peer;
    catalog = new CatalogWriter(rows, peer);
  }

  static Applied step(ApplyContext context, PurgeImports command) {
    Transaction rows = context.rows();
    String peer = command.getPeer();
    if (peer.isEmpty()) {
      throw invalid("missing peer name");
    }
    Optional<Peering> peering = new Peerings(rows).byName(peer);
    if (peering.isPresent() && Peerings.isActive(peering.get())) {
      throw precondition("peering \"" + peer + "\" is active: what it imports is not purged");
    }
    ImportPurge purge = new ImportPurge(rows, peer);
    if (command.getRowsMax() == 0) {
      purge.removeNodes(command.getNodesMax());
    } else {
      purge.removeRows(command.getRowsMax());
    }
    return Applied.when(purge.complete());
  }

  private void removeNodes(int nodesMax) {
    ImportChangesApplier.forget(rows, peer);
    Tables.NODES
        .first(rows, Key.ofPeer(peer), nodesMax)
        .forEach(node -> catalog.removeNode(node.getNode()));
  }

  private void removeRows(int rowsMax) {
    // As many as a service can have of them at most, and only one has.
    ImportChangesApplier.dropParts(rows, peer);
    List<ImportedService> marks = Tables.IMPORTED_SERVICES.first(rows, Key.ofPeer(peer), rowsMax);
    marks.forEach(
        mark -> Tables.IMPORTED_SERVICES.remove(rows, Keys.service(peer, mark.getService())));
    int left = rowsMax - marks.size();
    while (left > 0) {
      List<Node> first = Tables.NODES.first(rows, Key.ofPeer(peer), 1);
      if (first.isEmpty()) {
        return;
      }
      left -= catalog.removeSome(first.get(0).getNode(), left);
    }
  }

  /** Whether nothing is left. */
  private boolean complete() {
    if (rows.hasAny(TableId.NODES, Key.ofPeer(peer))
        || rows.hasAny(TableId.IMPORTED_SERVICES, Key.ofPeer(peer))) {
      return false;
    }
    Tables.TRUST_BUNDLES.remove(rows, Keys.peer(peer));
    Tables.IMPORT_WITHDRAWALS.remove(rows, Keys.peer(peer));
    return true;
  }
}
