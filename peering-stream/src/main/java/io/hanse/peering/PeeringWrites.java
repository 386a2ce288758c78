package io.hanse.peering;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.port.CommandSubmitter;
import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.CommandResult;
import io.hanse.fsm.row.OpenImports;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.WritePeering;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Peerings;
import io.hanse.fsm.view.Servers;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

/** Writes whole peerings, without undoing what others write of them at the same time. */
final class PeeringWrites {
  /** How often it is read again before somebody else is let win. */
  static final int READS_MAX = 5;

  /** Of what is written on the condition that nobody else was faster. */
  private static final int RESTING_LEVEL = 5;

  /** Of numbers of tokens, and of what is for gateways alone. */
  static final int NUMBERING_LEVEL = 6;

  private final CommandSubmitter submitter;
  private final StateReader reader;

  PeeringWrites(CommandSubmitter submitter, StateReader reader) {
    this.submitter = submitter;
    this.reader = reader;
  }

  /**
   * Writes what a change makes of a peering as it is now: its stream may have brought roots and
   * addresses since it was read, and may do so again before this is written. Nothing is written
   * where there is no change, or no peering.
   *
   * @return the peering as it is then
   */
  CompletableFuture<Optional<Peering>> changed(Peering stored, UnaryOperator<Peering> change) {
    return changed(stored, change, READS_MAX);
  }

  private CompletableFuture<Optional<Peering>> changed(
      Peering stored, UnaryOperator<Peering> change, int reads) {
    Optional<Peering> now;
    try (View view = reader.view()) {
      now = new Peerings(view).byId(stored.getId()).filter(Peerings::isActive);
    }
    Optional<Peering> next = now.map(change);
    if (next.equals(now)) {
      return CompletableFuture.completedFuture(now);
    }
    return write(
            WritePeering.newBuilder().setPeering(next.get()).setExpectedIndex(index(now.get())))
        .thenApply(written -> next)
        .exceptionallyCompose(
            failure ->
                isConflict(failure) && reads > 1
                    ? changed(stored, change, reads - 1)
                    : CompletableFuture.failedFuture(failure));
  }

  /** What a write rests on that is to come to nothing where the peering has changed. */
  static long index(Peering peering) {
    return peering.getRaftIndex().getModifyIndex();
  }

  /** Whether to read again. */
  static boolean isConflict(Throwable failure) {
    return Failures.cause(failure) instanceof ProblemException problem
        && problem.code() == ProblemCode.CONFLICT;
  }

  CompletableFuture<CommandResult> write(WritePeering.Builder write) {
    boolean mayRest;
    try (View view = reader.view()) {
      mayRest = isUnderstood(view, RESTING_LEVEL);
      if (write.getPeering().hasEstablishing() && !isUnderstood(view, NUMBERING_LEVEL)) {
        // Older servers would keep it as something unknown, also where it is to go.
        write.getPeeringBuilder().clearEstablishing();
      }
    }
    return (mayRest ? CompletableFuture.completedFuture(null) : fenced(write))
        .thenCompose(done -> submitter.submit(command(write, mayRest)))
        .handle(
            (result, failure) -> {
              if (failure != null) {
                throw Failures.prefixed("failed to write peering: ", failure);
              }
              return result;
            });
  }

  /** Whether all servers understand what is written at the level. */
  static boolean isUnderstood(View view, int level) {
    return new Servers(view).below(level).isEmpty();
  }

  /** Before the write, which can't do it itself amid an upgrade. */
  private CompletableFuture<?> fenced(WritePeering.Builder write) {
    Peering next = write.getPeering();
    boolean isAnother;
    try (View view = reader.view()) {
      isAnother =
          new Peerings(view)
              .byId(next.getId())
              .filter(Peerings::isActive)
              .filter(now -> !now.getPeerId().equals(next.getPeerId()))
              .flatMap(now -> new Peerings(view).secrets(now.getId()))
              .isPresent();
    }
    return write.getFencesAnother() && isAnother
        ? submitter.submit(
            Command.newBuilder()
                .setOpenImports(OpenImports.newBuilder().setPeeringId(next.getId()))
                .build())
        : CompletableFuture.completedFuture(null);
  }

  /** Amid an upgrade the last to write wins, as older servers know it. */
  private Command command(WritePeering.Builder write, boolean mayRest) {
    boolean rests = mayRest && write.getExpectedIndex() != 0;
    if (!rests) {
      write.clearExpectedIndex().clearFencesAnother();
    }
    Command command =
        write.hasEstablish()
            ? SecretExchange.remembered(reader, write)
            : Command.newBuilder().setWritePeering(write).build();
    if (write.getPeering().hasEstablishing()) {
      return command.toBuilder().setLevel(NUMBERING_LEVEL).build();
    }
    return rests ? command.toBuilder().setLevel(RESTING_LEVEL).build() : command;
  }
}
