package io.hanse.peering.replication;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.ImportChange;
import io.hanse.fsm.row.StateQuota;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Keys;
import io.hanse.fsm.view.Tables;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Has a peer send once more what was refused because the state was full, when there is room for the
 * least of it: a peer sends nothing twice by itself, and what it was told is no word about its
 * resource. How much room something takes is known only roughly, before it is stored; so it may be
 * refused once more, and {@link RoomTurns} bounds how often. Used on one loop only, but for {@link
 * #failed}.
 */
final class AwaitedRoom {
  private static final long LOOK_MILLIS = 2_000;

  /** So much that is freed is worth it, whatever was refused: it may change little of what is. */
  private static final double FREED_SHARE = 0.05;

  /**
   * What a command takes, were all of it new; by a rough count.
   *
   * @param isWhole what it stores is in it, and was not laid down before
   */
  private record Need(long rows, long bytes, boolean isWhole) {
    private static final int TIMES = 4;
    private static final int ROWS_BESIDES = 16;
    private static final int ROW_BYTES = 256;
    private static final Need UNKNOWN =
        new Need(Long.MAX_VALUE / 2, Long.MAX_VALUE / 2, /* isWhole= */ false);

    static Need of(Command command) {
      long rows = rowsOf(command.getReconcileImport().getInstancesList());
      for (ImportChange change : command.getImportChanges().getChangesList()) {
        rows += rowsOf(change.getInstancesList());
      }
      return new Need(Math.max(1, rows), command.getSerializedSize(), !command.hasCompleteImport());
    }

    private static long rowsOf(List<CheckServiceNode> instances) {
      return instances.stream().mapToLong(each -> 1 + each.getChecksCount()).sum();
    }

    /** More than that it does not take, with nodes, keys and marks. */
    Need most() {
      if (!isWhole) {
        return UNKNOWN;
      }
      long rowsMost = TIMES * rows + ROWS_BESIDES;
      return new Need(rowsMost, TIMES * bytes + ROW_BYTES * rowsMost, isWhole);
    }
  }

  /** How full it is, and how full it may be. */
  private record Fill(Optional<StateQuota> quota, long rows, long bytes) {
    static Fill of(StateReader state) {
      try (View view = state.view()) {
        return new Fill(Tables.QUOTA.get(view, Keys.ONLY), view.countedRows(), view.countedBytes());
      }
    }

    boolean hasRows(long more) {
      return quota.filter(max -> rows + more <= max.getRowsMax()).isPresent();
    }

    boolean hasBytes(long more) {
      return quota.filter(max -> bytes + more <= max.getBytesMax()).isPresent();
    }

    boolean hasMuchMoreRoomThan(Fill full) {
      return !quota.equals(full.quota)
          || rows <= full.rows * (1 - FREED_SHARE)
          || bytes <= full.bytes * (1 - FREED_SHARE);
    }
  }

  /** The least that was refused, and how full it was. */
  private record Refused(Need need, Fill full) {
    boolean mayFitInto(Fill now) {
      return now.hasMuchMoreRoomThan(full) || (fitsInto(now) && !isKnownNotToFit(now));
    }

    /** Or as much as it takes has been freed: part of it may be stored already. */
    private boolean fitsInto(Fill now) {
      return (now.hasRows(need.rows) || now.rows <= full.rows - need.rows)
          && (now.hasBytes(need.bytes) || now.bytes <= full.bytes - need.bytes);
    }

    /**
     * Where there seemed to be room for it, it takes more than was thought: of rows or of bytes,
     * and of those of which there were plenty it did not lack. Where it lacked neither, it was
     * refused before there was room.
     */
    private boolean isKnownNotToFit(Fill now) {
      if (!full.hasRows(need.rows) || !full.hasBytes(need.bytes)) {
        return false;
      }
      boolean mayLackRows = !full.hasRows(need.most().rows);
      boolean mayLackBytes = !full.hasBytes(need.most().bytes);
      boolean isFreed =
          (mayLackRows && now.rows < full.rows) || (mayLackBytes && now.bytes < full.bytes);
      return (mayLackRows || mayLackBytes) && !isFreed;
    }
  }

  private final Loop loop;
  private final StateReader state;
  private final RoomTurns.OfPeering turns;
  private final BooleanSupplier isOver;
  private final Runnable again;
  private @Nullable Refused least;

  /**
   * Waits for nothing yet.
   *
   * @param isOver whether nobody waits any more
   * @param again what makes the peer send it
   */
  AwaitedRoom(
      Loop loop,
      StateReader state,
      RoomTurns.OfPeering turns,
      BooleanSupplier isOver,
      Runnable again) {
    this.loop = loop;
    this.state = state;
    this.turns = turns;
    this.isOver = isOver;
    this.again = again;
  }

  /** A command was not taken, for whatever reason. Safe from any thread. */
  void failed(Command command, Throwable failure) {
    if (LogWriter.problemOf(failure).code() == ProblemCode.QUOTA_EXCEEDED) {
      Need need = Need.of(command);
      loop.execute(() -> await(need));
    }
  }

  private void await(Need refused) {
    if (isOver.getAsBoolean()) {
      return;
    }
    // Where the state can't be looked at now.
    Runnable cancel = loop.after(LOOK_MILLIS, () -> await(refused));
    Fill full = Fill.of(state);
    cancel.run();
    Refused before = least;
    if (before == null) {
      loop.after(LOOK_MILLIS, this::look);
    }
    if (before == null || refused.bytes() < before.need().bytes()) {
      least = new Refused(refused, full);
    }
  }

  private void look() {
    Refused waiting = least;
    if (waiting == null || isOver.getAsBoolean()) {
      return;
    }
    Runnable cancel = loop.after(LOOK_MILLIS, this::look);
    if (waiting.mayFitInto(Fill.of(state)) && turns.take(loop.nowMillis())) {
      cancel.run();
      again.run();
    }
  }
}
