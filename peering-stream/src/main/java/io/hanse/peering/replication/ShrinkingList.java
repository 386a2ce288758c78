package io.hanse.peering.replication;

import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.CommandResult;
import io.hanse.fsm.row.ImportChange;
import io.hanse.fsm.row.ImportChanges;
import io.hanse.fsm.row.ImportedService;
import io.hanse.fsm.row.ReconcileImportList;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.ExportResolver;
import io.hanse.fsm.view.Keys;
import io.hanse.fsm.view.Peerings;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/**
 * Brings a list of services to the log. Of those that it names no more, all but the last few go
 * ahead of it, in steps. The peer hears of the list once all are gone: who is interrupted finds the
 * rest still stored, and is sent the list again. A list too large for a command stays here, and all
 * goes in steps.
 */
final class ShrinkingList {
  private final LogWriter writer;
  private final StateReader state;
  private final RemovalTurns turns;
  private final Command command;
  private final ReconcileImportList list;
  private final boolean fits;

  /**
   * Reads nothing yet.
   *
   * @param command with the list and its fence
   * @param commandBytesMax what the log takes
   */
  ShrinkingList(
      LogWriter writer,
      StateReader state,
      RemovalTurns turns,
      Command command,
      int commandBytesMax) {
    this.writer = writer;
    this.state = state;
    this.turns = turns;
    this.command = command;
    list = command.getReconcileImportList();
    fits = command.getSerializedSize() <= commandBytesMax;
  }

  /** Answers as the command does; or as the first step that came to nothing. */
  CompletableFuture<CommandResult> store() {
    // What was sent ahead of the list may not be stored yet; a list that is applied finds it.
    return fits
        ? remove(unlisted())
        : submit(List.of())
            .thenCompose(
                result ->
                    result.getDone()
                        ? remove(unlisted())
                        : CompletableFuture.completedFuture(result));
  }

  private List<String> unlisted() {
    Set<String> kept = new TreeSet<>();
    for (String service : list.getServicesList()) {
      kept.add(Keys.fold(service));
      kept.add(Keys.fold(service + ExportResolver.SIDECAR_SUFFIX));
    }
    try (View view = state.view()) {
      return new Peerings(view)
          .importMarks(list.getPeer()).values().stream()
              .map(ImportedService::getService)
              .filter(service -> !kept.contains(Keys.fold(service)))
              .toList();
    }
  }

  private CompletableFuture<CommandResult> remove(List<String> services) {
    int count = turns.fitting(services);
    if (count == services.size()) {
      return turns.next(() -> fits ? writer.submit(command) : submit(services));
    }
    return turns
        .next(() -> submit(services.subList(0, count)))
        .thenCompose(
            result ->
                result.getDone()
                    ? remove(services.subList(count, services.size()))
                    : CompletableFuture.completedFuture(result));
  }

  /** With none it only tells whether this stream still imports. */
  private CompletableFuture<CommandResult> submit(List<String> gone) {
    ImportChanges.Builder step =
        ImportChanges.newBuilder().setPeer(list.getPeer()).setFence(list.getFence());
    for (String service : gone) {
      step.addChanges(ImportChange.newBuilder().setService(service).setGone(true));
    }
    return writer.submit(Command.newBuilder().setImportChanges(step).build());
  }
}
