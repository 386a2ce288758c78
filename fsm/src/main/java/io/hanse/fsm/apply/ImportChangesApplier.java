package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.Refusals.invalid;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.hanse.fsm.row.CompleteImport;
import io.hanse.fsm.row.ImportChange;
import io.hanse.fsm.row.ImportChanges;
import io.hanse.fsm.row.ImportOutcome;
import io.hanse.fsm.row.ImportPart;
import io.hanse.fsm.row.ImportedService;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.StageImport;
import io.hanse.fsm.store.Key;
import io.hanse.fsm.store.Transaction;
import io.hanse.fsm.view.Keys;
import io.hanse.fsm.view.Tables;
import java.util.List;
import java.util.Optional;

/**
 * Brings in what changed at another Hanse, and marks it. A difference is only ever taken on top of
 * the content that it was made for; the same change a second time does nothing.
 */
final class ImportChangesApplier {
  /** Parts of 512 KiB: more than the 8 MiB of a service, and room for what goes with it. */
  private static final int PARTS_MAX = 20;

  private static final int PART_BYTES_MAX = 512 << 10;

  private ImportChangesApplier() {}

  static Applied change(ApplyContext context, ImportChanges command) {
    Transaction rows = context.rows();
    Peering source = ImportApplier.requireSource(rows, command.getPeer());
    if (ImportFence.isStale(rows, source, command.getFence())) {
      return Applied.NOT_DONE;
    }
    ImportOutcome.Builder outcome = ImportOutcome.newBuilder();
    ImportReconciliation stored = new ImportReconciliation(rows, source.getName());
    for (int i = 0; i < command.getChangesCount(); i++) {
      if (!take(rows, source.getName(), stored, command.getChanges(i))) {
        outcome.addMisfits(i);
      }
    }
    return new Applied(true, outcome.build().toByteString());
  }

  /** Whether the change fits what is stored. */
  private static boolean take(
      Transaction rows, String peer, ImportReconciliation services, ImportChange change) {
    if (change.getService().isEmpty()) {
      throw invalid("a change names no service");
    }
    Key key = Keys.service(peer, change.getService());
    if (change.getGone()) {
      services.reconcile(change.getService(), List.of());
      Tables.IMPORTED_SERVICES.remove(rows, key);
      return true;
    }
    Optional<ImportedService> marked = Tables.IMPORTED_SERVICES.get(rows, key);
    ByteString stored = marked.map(ImportedService::getMark).orElse(ByteString.EMPTY);
    if (!change.getMark().isEmpty() && change.getMark().equals(stored)) {
      return true;
    }
    if (!change.getBase().isEmpty() && !change.getBase().equals(stored)) {
      return false;
    }
    ImportApplier.naming(
        change.getService(),
        () -> {
          if (change.getBase().isEmpty()) {
            services.reconcile(change.getService(), change.getInstancesList());
          } else {
            services.patch(change.getService(), change.getInstancesList(), change.getRemovedList());
          }
        });
    if (change.getMark().isEmpty()) {
      Tables.IMPORTED_SERVICES.remove(rows, key);
    } else {
      Tables.IMPORTED_SERVICES.put(
          rows,
          ImportedService.newBuilder()
              .setPeerName(peer)
              .setService(change.getService())
              .setMark(change.getMark())
              .setExporterIndex(change.getExporterIndex())
              .build());
    }
    return true;
  }

  static Applied stage(ApplyContext context, StageImport command) {
    Transaction rows = context.rows();
    Peering source = ImportApplier.requireSource(rows, command.getPeer());
    if (ImportFence.isStale(rows, source, command.getFence())) {
      return Applied.NOT_DONE;
    }
    int part = command.getPart();
    if (part < 0 || part >= PARTS_MAX || command.getContent().size() > PART_BYTES_MAX) {
      throw invalid("a part of an import is too large, or one too many");
    }
    if (part == 0) {
      dropParts(rows, source.getName());
    }
    Tables.IMPORT_PARTS.put(
        rows,
        ImportPart.newBuilder()
            .setPeerName(source.getName())
            .setService(command.getService())
            .setPart(part)
            .setContent(command.getContent())
            .build());
    return Applied.DONE;
  }

  static Applied complete(ApplyContext context, CompleteImport command) {
    Transaction rows = context.rows();
    Peering source = ImportApplier.requireSource(rows, command.getPeer());
    if (ImportFence.isStale(rows, source, command.getFence())) {
      return Applied.NOT_DONE;
    }
    List<ImportPart> parts = Tables.IMPORT_PARTS.list(rows, Key.ofPeer(source.getName()));
    ByteString content = ByteString.EMPTY;
    int next = 0;
    for (ImportPart part : parts) {
      if (part.getPart() == next && part.getService().equals(command.getService())) {
        content = content.concat(part.getContent());
        next++;
      }
    }
    boolean isWhole = next == command.getParts() && next == parts.size() && next > 0;
    ImportReconciliation stored = new ImportReconciliation(rows, source.getName());
    boolean fits =
        isWhole && take(rows, source.getName(), stored, changeOf(content, command.getService()));
    dropParts(rows, source.getName());
    ImportOutcome.Builder outcome = ImportOutcome.newBuilder();
    if (!fits) {
      outcome.addMisfits(0);
    }
    return new Applied(true, outcome.build().toByteString());
  }

  private static ImportChange changeOf(ByteString content, String service) {
    try {
      ImportChange change = ImportChange.parseFrom(content);
      if (!change.getService().equals(service)) {
        throw invalid("what was laid down is of another service than \"" + service + "\"");
      }
      // As bytes it has passed by where commands are looked at; as a row nobody could read it.
      if (CommandShape.isTooDeep(change)) {
        throw invalid("what was laid down of service \"" + service + "\" is nested too deeply");
      }
      return change;
    } catch (InvalidProtocolBufferException e) {
      throw invalid("what was laid down of service \"" + service + "\" is no import");
    }
  }

  static void dropParts(Transaction rows, String peer) {
    for (ImportPart part : Tables.IMPORT_PARTS.list(rows, Key.ofPeer(peer))) {
      Tables.IMPORT_PARTS.remove(rows, Keys.importPart(peer, part.getPart()));
    }
  }

  /** Forgets all marks of a peer: nothing of what it brought is kept. */
  static void forget(Transaction rows, String peer) {
    dropParts(rows, peer);
    for (ImportedService marked : Tables.IMPORTED_SERVICES.list(rows, Key.ofPeer(peer))) {
      Tables.IMPORTED_SERVICES.remove(rows, Keys.service(peer, marked.getService()));
    }
  }
}
