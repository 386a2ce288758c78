package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.Refusals.precondition;

import io.hanse.fsm.row.OpenImports;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PeeringSecrets;
import io.hanse.fsm.store.Transaction;
import io.hanse.fsm.view.Peerings;
import io.hanse.fsm.view.Tables;
import java.util.Optional;

/**
 * Lets only the newest stream of a peering import. A stream can outlive the leadership of its
 * server, and a peering the name that it had.
 */
final class ImportFence {
  private ImportFence() {}

  static Applied open(ApplyContext context, OpenImports command) {
    Transaction rows = context.rows();
    Peerings peerings = new Peerings(rows);
    Peering peering = PeeringApplier.requireOpen(peerings.byId(command.getPeeringId()));
    if (!raise(rows, peering)) {
      throw precondition("peering \"" + peering.getName() + "\" has no secrets");
    }
    return Applied.DONE;
  }

  /** Lets none of the streams so far import; not done where there are no secrets for one. */
  static boolean raise(Transaction rows, Peering peering) {
    Optional<PeeringSecrets> secrets = new Peerings(rows).secrets(peering.getId());
    if (secrets.isEmpty()) {
      return false;
    }
    Tables.PEERING_SECRETS.put(
        rows, secrets.get().toBuilder().setImportFence(rows.publicIndex()).build());
    // What an earlier stream had begun to bring, nobody will complete.
    ImportChangesApplier.dropParts(rows, peering.getName());
    return true;
  }

  /** Whether what a stream brings comes too late; what comes from no stream does not. */
  static boolean isStale(Transaction rows, Peering peering, long fence) {
    Optional<PeeringSecrets> secrets = new Peerings(rows).secrets(peering.getId());
    return fence != 0 && secrets.map(PeeringSecrets::getImportFence).orElse(0L) != fence;
  }
}
