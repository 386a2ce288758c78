package io.hanse.fsm.view;

import io.hanse.fsm.store.Key;
import io.hanse.fsm.store.ReadSet;
import io.hanse.fsm.store.TableId;
import io.hanse.fsm.store.View;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** Finds out what became another since an answer was made, in time that grows with just that. */
final class ChangedNames {
  private static final Key KIND = Keys.kind("", ServiceKinds.TYPICAL);
  private static final Key OWN = Key.ofPeer("");

  /** Of changes in these it can be told cheaply what they mean. */
  private static final Set<TableId> INSTANCES =
      EnumSet.of(TableId.SERVICES_BY_KIND, TableId.SERVICES_BY_DESTINATION);

  private ChangedNames() {}

  /**
   * Whether of all that was read only instances of this cluster have changed since, and what they
   * are instances of is as it was; false: not known.
   *
   * @param isNamedAsBefore of the folded name of a service with changed instances
   * @param isReachedAsBefore of the folded name of a service with changed sidecars
   */
  static boolean areNone(
      ReadSet reads,
      long index,
      View view,
      Predicate<String> isNamedAsBefore,
      Predicate<String> isReachedAsBefore) {
    Optional<Set<TableId>> tables = tables(reads, index, view);
    if (tables.isEmpty() || !INSTANCES.containsAll(tables.get())) {
      return false;
    }
    Set<TableId> changed = tables.get();
    return (!changed.contains(TableId.SERVICES_BY_KIND)
            || isForAll(view, TableId.SERVICES_BY_KIND, KIND, index, isNamedAsBefore))
        && (!changed.contains(TableId.SERVICES_BY_DESTINATION)
            || isForAll(view, TableId.SERVICES_BY_DESTINATION, OWN, index, isReachedAsBefore));
  }

  /** Where what was read has changed since; empty where the state is another one as a whole. */
  private static Optional<Set<TableId>> tables(ReadSet reads, long index, View view) {
    if (reads.generation() != view.reads().generation()) {
      return Optional.empty();
    }
    Set<TableId> changed = EnumSet.noneOf(TableId.class);
    for (ReadSet.Read read : reads.reads()) {
      if (view.isNewer(read, index)) {
        changed.add(read.table());
      }
    }
    return Optional.of(changed);
  }

  /** Whether something is so for each name under which something changed; false: not known. */
  private static boolean isForAll(
      View view, TableId table, Key prefix, long index, Predicate<String> isSo) {
    boolean[] isForAll = {true};
    boolean areKnown =
        view.changedSince(
            table, prefix, index, key -> isForAll[0] = isSo.test(key.segmentBehind(prefix)));
    return areKnown && isForAll[0];
  }
}
