package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.Refusals.invalid;

import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.row.ImportWithdrawal;
import io.hanse.fsm.row.ImportedService;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.ReconcileImport;
import io.hanse.fsm.row.ReconcileImportList;
import io.hanse.fsm.row.WithdrawImports;
import io.hanse.fsm.store.Key;
import io.hanse.fsm.store.Transaction;
import io.hanse.fsm.view.ExportResolver;
import io.hanse.fsm.view.Keys;
import io.hanse.fsm.view.Peerings;
import io.hanse.fsm.view.Tables;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What is stored of other clusters' catalogs. Each command makes its part of it right in one step:
 * half of a service is never seen. Source: peering protocol, sections 7.1 to 7.4.
 */
final class ImportApplier {
  private ImportApplier() {}

  static Applied reconcile(ApplyContext context, ReconcileImport command) {
    Transaction rows = context.rows();
    Peering source = requireSource(rows, command.getPeer());
    if (ImportFence.isStale(rows, source, command.getFence())) {
      return Applied.NOT_DONE;
    }
    String peer = source.getName();
    ImportReconciliation stored = new ImportReconciliation(rows, peer);
    naming(
        command.getService(),
        () -> stored.reconcile(command.getService(), command.getInstancesList()));
    // Whoever sends in this way marks nothing.
    Tables.IMPORTED_SERVICES.remove(rows, Keys.service(peer, command.getService()));
    return Applied.DONE;
  }

  /** A refusal says which service it is about. */
  static void naming(String service, Runnable step) {
    try {
      step.run();
    } catch (ProblemException e) {
      throw new ProblemException(
          e.code(),
          "did not increment imported services count for service=\""
              + service
              + "\": "
              + e.getMessage(),
          e);
    }
  }

  static Applied reconcileList(ApplyContext context, ReconcileImportList command) {
    Transaction rows = context.rows();
    Peering source = requireSource(rows, command.getPeer());
    if (ImportFence.isStale(rows, source, command.getFence())) {
      return Applied.NOT_DONE;
    }
    String peer = source.getName();
    Set<String> kept = new TreeSet<>();
    for (String service : command.getServicesList()) {
      kept.add(Keys.fold(service));
      kept.add(Keys.fold(service + ExportResolver.SIDECAR_SUFFIX));
    }
    ImportReconciliation stored = new ImportReconciliation(rows, peer);
    for (String service : new Peerings(rows).importedServices(peer)) {
      if (!kept.contains(Keys.fold(service))) {
        stored.reconcile(service, List.of());
      }
    }
    for (ImportedService marked : Tables.IMPORTED_SERVICES.list(rows, Key.ofPeer(peer))) {
      if (!kept.contains(Keys.fold(marked.getService()))) {
        Tables.IMPORTED_SERVICES.remove(rows, Keys.service(peer, marked.getService()));
      }
    }
    return Applied.DONE;
  }

  /** The peering whose own name tells apart what it brings. */
  static Peering requireSource(Transaction rows, String peer) {
    return PeeringApplier.requireOpen(new Peerings(rows).byName(peer));
  }

  /**
   * One small row decides what readers find: no row of the peer is touched, so that its return
   * costs no more than its withdrawal.
   */
  static Applied withdraw(ApplyContext context, WithdrawImports command) {
    Transaction rows = context.rows();
    if (command.getPeer().isEmpty()) {
      throw invalid("missing peer name");
    }
    boolean isWithdrawn = new Peerings(rows).withdrawal(command.getPeer()).isPresent();
    if (!command.getWithdrawn()) {
      Tables.IMPORT_WITHDRAWALS.remove(rows, Keys.peer(command.getPeer()));
      return isWithdrawn ? Applied.DONE : Applied.NOT_DONE;
    }
    Peering source = requireSource(rows, command.getPeer());
    if (isWithdrawn) {
      return Applied.NOT_DONE;
    }
    Tables.IMPORT_WITHDRAWALS.put(
        rows,
        ImportWithdrawal.newBuilder()
            .setPeerName(source.getName())
            .setSinceMillis(command.getSinceMillis())
            .build());
    return Applied.DONE;
  }
}
