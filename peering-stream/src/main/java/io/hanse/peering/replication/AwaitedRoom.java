package io.hanse.peering.replication;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.row.StateQuota;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Keys;
import io.hanse.fsm.view.Tables;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Has a peer send once more what was refused because the state was full, when it no longer is: a
 * peer sends nothing twice by itself, and what it was told is no word about its resource. Used on
 * one loop, but for {@link #failed}.
 */
final class AwaitedRoom {
  private static final long LOOK_MILLIS = 10_000;

  /** So much of it has to be freed: where it is full but for a row, the next refusal is near. */
  private static final double FREED_SHARE = 0.05;

  /** How full it is, and how full it may be. */
  private record Fill(Optional<StateQuota> quota, long rows, long bytes) {
    static Fill of(StateReader state) {
      try (View view = state.view()) {
        return new Fill(Tables.QUOTA.get(view, Keys.ONLY), view.countedRows(), view.countedBytes());
      }
    }

    boolean hasMoreRoomThan(Fill full) {
      return !quota.equals(full.quota)
          || rows <= full.rows * (1 - FREED_SHARE)
          || bytes <= full.bytes * (1 - FREED_SHARE);
    }
  }

  private final Loop loop;
  private final StateReader state;
  private final BooleanSupplier isOver;
  private final Runnable again;
  private @Nullable Fill full;

  /**
   * Waits for nothing yet.
   *
   * @param isOver whether nobody waits any more
   * @param again what makes the peer send it
   */
  AwaitedRoom(Loop loop, StateReader state, BooleanSupplier isOver, Runnable again) {
    this.loop = loop;
    this.state = state;
    this.isOver = isOver;
    this.again = again;
  }

  /** A command was not taken, for whatever reason. Safe from any thread. */
  void failed(Throwable failure) {
    if (LogWriter.problemOf(failure).code() == ProblemCode.QUOTA_EXCEEDED) {
      loop.execute(this::await);
    }
  }

  private void await() {
    if (full == null) {
      full = Fill.of(state);
      loop.after(LOOK_MILLIS, this::look);
    }
  }

  private void look() {
    if (full == null || isOver.getAsBoolean()) {
      return;
    }
    if (Fill.of(state).hasMoreRoomThan(full)) {
      again.run();
    } else {
      loop.after(LOOK_MILLIS, this::look);
    }
  }
}
