package io.hanse.peering;

import io.hanse.fsm.port.CommandSubmitter;
import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PeeringState;
import io.hanse.fsm.row.RemovePeering;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Peerings;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Peerings that are deleted and stay only until the other cluster was told: they keep nobody from
 * using their name again.
 */
final class DeletedPeerings {
  private final CommandSubmitter submitter;
  private final StateReader reader;

  DeletedPeerings(CommandSubmitter submitter, StateReader reader) {
    this.submitter = submitter;
    this.reader = reader;
  }

  /**
   * Completes once the name is free, if it can be. Where something is left of what the peering
   * brought, it can't, and who wants to write under the name is told so by the state.
   */
  CompletableFuture<?> makeRoom(String name) {
    Optional<Peering> deleted;
    try (View view = reader.view()) {
      deleted =
          new Peerings(view)
              .byName(name)
              .filter(peering -> peering.getState() == PeeringState.DELETING);
    }
    return deleted
        .<CompletableFuture<?>>map(
            peering ->
                submitter
                    .submit(
                        Command.newBuilder()
                            .setRemovePeering(RemovePeering.newBuilder().setId(peering.getId()))
                            .build())
                    .exceptionally(refusal -> null))
        .orElseGet(() -> CompletableFuture.completedFuture(null));
  }
}
