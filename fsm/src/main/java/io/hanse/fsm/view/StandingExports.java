package io.hanse.fsm.view;

import io.hanse.fsm.store.ReadSet;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.ExportResolver.Exports;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one peer may see, for those who ask again after each change: most changes are of instances,
 * and neither bring nor take a name. That is found out by what changed, however many names there
 * are. Used by one thread at a time.
 */
public final class StandingExports {
  /** An answer, and what it was made of. */
  private record Known(
      Exports exports, Map<String, List<String>> byFolded, ReadSet reads, long index) {
    static Known of(Exports exports, View view) {
      Map<String, List<String>> byFolded = new TreeMap<>();
      for (String name : exports.services()) {
        byFolded.computeIfAbsent(Keys.fold(name), folded -> new ArrayList<>(1)).add(name);
      }
      return new Known(exports, byFolded, view.reads(), view.readIndex());
    }
  }

  private final String peer;
  private @Nullable Known known;

  /**
   * Nothing is known yet.
   *
   * @param peer this cluster's own name for the other one
   */
  public StandingExports(String peer) {
    this.peer = peer;
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
      known = new Known(before.exports, before.byFolded, before.reads, view.readIndex());
      return before.exports;
    }
    Exports exports = new ExportResolver(view).forPeer(peer);
    known = Known.of(exports, view);
    return exports;
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
    List<String> names = before.byFolded.getOrDefault(folded, List.of());
    return catalog
        .nameOfKind("", ServiceKinds.TYPICAL, folded)
        .map(name -> !ExportResolver.isExportable(name) || names.contains(name))
        .orElse(names.isEmpty());
  }

  private static boolean isReachedAsBefore(Known before, Catalog catalog, String folded) {
    boolean isReached = catalog.hasConnect("", folded);
    return before.byFolded.getOrDefault(folded, List.of()).stream()
        .allMatch(name -> before.exports.meshServices().containsKey(name) == isReached);
  }
}
