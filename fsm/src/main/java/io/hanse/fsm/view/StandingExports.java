package io.hanse.fsm.view;

import io.hanse.fsm.store.ReadSet;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.ExportResolver.Exports;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one peer may see, for those who ask again after each change: most changes are of instances,
 * and neither bring nor take a name. That is found out by what changed, however many names there
 * are. Used by one thread at a time.
 */
public final class StandingExports {
  /** An answer, and what it was made of. */
  private record Known(ExportLists.Listed listed, ReadSet reads, long index) {}

  private final String peer;
  private final ExportLists lists;
  private @Nullable Known known;

  /**
   * Nothing is known yet.
   *
   * @param peer this cluster's own name for the other one
   * @param lists where what others may see is kept
   */
  public StandingExports(String peer, ExportLists lists) {
    this.peer = peer;
    this.lists = lists;
  }

  /**
   * What the peer may see at a view through which nothing else was read.
   *
   * @return the same object as before as long as nothing of it is another
   */
  public Exports at(View view) {
    Known before = known;
    if (before != null && isSame(before, view)) {
      view.readAgain(before.reads);
      known = new Known(before.listed, before.reads, view.readIndex());
      return before.listed.exports();
    }
    Exports exports = new ExportResolver(view).forPeer(peer);
    ExportLists.Listed listed = lists.listed(exports);
    known = new Known(listed, view.reads(), view.readIndex());
    return listed.exports();
  }

  private static boolean isSame(Known before, View view) {
    Catalog catalog = new Catalog(view);
    return ChangedNames.areNone(
        before.reads,
        before.index,
        view,
        folded -> isNamedAsBefore(before, catalog, folded),
        folded -> isReachedAsBefore(before, catalog, folded));
  }

  private static boolean isNamedAsBefore(Known before, Catalog catalog, String folded) {
    List<String> names = before.listed.byFolded().getOrDefault(folded, List.of());
    return catalog
        .nameOfKind("", ServiceKinds.TYPICAL, folded)
        .map(name -> !ExportResolver.isExportable(name) || names.contains(name))
        .orElse(names.isEmpty());
  }

  private static boolean isReachedAsBefore(Known before, Catalog catalog, String folded) {
    boolean isReached = catalog.hasConnect("", folded);
    return before.listed.byFolded().getOrDefault(folded, List.of()).stream()
        .allMatch(name -> before.listed.exports().meshServices().containsKey(name) == isReached);
  }
}
