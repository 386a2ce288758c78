package io.hanse.peering.replication;

import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.row.ReconcileImport;
import io.hanse.fsm.store.Key;
import io.hanse.fsm.store.Rows;
import io.hanse.fsm.store.TableId;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Keys;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Keeps what takes many rows away from holding up the log: it is cut into steps, each of whole
 * services, and one of them is under way at a time. Commands that arrive together become one entry,
 * so that many small ones at once would be no better than a large one. Used on its loop only.
 */
final class RemovalTurns {
  /**
   * A service with more goes in one step all the same: none is ever seen in parts, and each part
   * would wake all who watch it, to read what is left. With 20,000 instances, a check each, that is
   * 0.6 to 1.0 s of the applying thread, 1.6 s in a process that has just begun. To bring as many
   * takes a third to a half of that, in one step as well, so a bound here would not make the
   * longest one short. What an ended peering brought goes by rows, as it is over and nobody waits
   * for the whole of it: {@link PurgeStep}.
   */
  static final int ROWS_MAX = 1_000;

  /** So few need no turn. */
  private static final int FEW_ROWS = 200;

  private final StateReader state;
  private final String peer;
  private CompletableFuture<?> last = CompletableFuture.completedFuture(null);

  RemovalTurns(StateReader state, String peer) {
    this.state = state;
    this.peer = peer;
  }

  /** How many of the services, from the first on, go in one step: at least one, if there is one. */
  int fitting(List<String> services) {
    try (View view = state.view()) {
      int rows = 0;
      int count = 0;
      for (String service : services) {
        rows += 1 + rowsOf(view, service, ROWS_MAX - rows);
        if (rows > ROWS_MAX && count > 0) {
          break;
        }
        count++;
      }
      return count;
    }
  }

  /**
   * The same of contents that take the place of what is stored: of those that bring about as many
   * rows as they take away, their bytes are the bound.
   */
  int fittingContents(List<ReconcileImport> contents) {
    try (View view = state.view()) {
      int rows = 0;
      int count = 0;
      for (ReconcileImport content : contents) {
        int brought = rowsOf(content);
        int stored = rowsOf(view, content.getService(), brought + ROWS_MAX - rows);
        rows += 1 + Math.max(0, stored - brought);
        if (rows > ROWS_MAX && count > 0) {
          break;
        }
        count++;
      }
      return count;
    }
  }

  /** As what is stored is counted. */
  private static int rowsOf(ReconcileImport content) {
    long checks =
        content.getInstancesList().stream()
            .flatMap(instance -> instance.getChecksList().stream())
            .filter(check -> !check.getServiceId().isEmpty())
            .count();
    return 2 * content.getInstancesCount() + (int) checks;
  }

  /** Whether so many rows are stored of these that their removal takes a turn. */
  boolean areMany(Collection<String> services) {
    try (View view = state.view()) {
      int rows = 0;
      Iterator<String> all = services.iterator();
      while (rows <= FEW_ROWS && all.hasNext()) {
        rows += rowsOf(view, all.next(), FEW_ROWS - rows);
      }
      return rows > FEW_ROWS;
    }
  }

  /** Of an instance also its node, which goes with the last one; counts little beyond the bound. */
  private int rowsOf(Rows rows, String service, int max) {
    Key key = Keys.service(peer, service);
    int instances = count(rows, TableId.SERVICES_BY_NAME, key, max / 2);
    return 2 * instances + count(rows, TableId.CHECKS_BY_SERVICE, key, max - 2 * instances);
  }

  private static int count(Rows rows, TableId index, Key prefix, int max) {
    int[] count = {0};
    rows.scanKeys(index, prefix, prefix, (key, modifyIndex) -> ++count[0] <= max);
    return count[0];
  }

  /** Runs a step once those before it are over, however they end. */
  <T> CompletableFuture<T> next(Supplier<CompletableFuture<T>> step) {
    CompletableFuture<T> done =
        last.handle((before, failure) -> step.get()).thenCompose(stepped -> stepped);
    last = done;
    return done;
  }
}
