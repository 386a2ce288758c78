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
  private ChangedNames() {}

  /** Where what was read has changed since; empty where the state is another one as a whole. */
  static Optional<Set<TableId>> tables(ReadSet reads, long index, View view) {
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
  static boolean isForAll(
      View view, TableId table, Key prefix, long index, Predicate<String> isSo) {
    boolean[] isForAll = {true};
    boolean areKnown =
        view.changedSince(
            table, prefix, index, key -> isForAll[0] = isSo.test(key.segmentBehind(prefix)));
    return areKnown && isForAll[0];
  }
}
