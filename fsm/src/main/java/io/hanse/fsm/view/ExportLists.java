package io.hanse.fsm.view;

import io.hanse.fsm.view.ExportResolver.Exports;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What peers may see, in memory once where many may see the same; for as long as anybody has use
 * for it. Safe from any thread.
 */
public final class ExportLists {
  /** What may be seen, and its names by how they are written in keys. */
  record Listed(Exports exports, Map<String, List<String>> byFolded) {
    private static Listed of(Exports exports) {
      Map<String, List<String>> byFolded = new TreeMap<>();
      for (String name : exports.services()) {
        String folded = Keys.fold(name);
        List<String> others = byFolded.get(folded);
        if (others == null) {
          byFolded.put(folded, List.of(name));
        } else {
          List<String> all = new ArrayList<>(others);
          all.add(name);
          byFolded.put(folded, List.copyOf(all));
        }
      }
      return new Listed(exports, Collections.unmodifiableMap(byFolded));
    }
  }

  /** By their hashes. Without those that nobody has use for any more, since the last was added. */
  private final Map<Integer, List<WeakReference<Listed>>> known = new TreeMap<>();

  /** The same object for what is equal. */
  Listed listed(Exports exports) {
    // It takes a look at each name: others need not wait for that.
    int hash = exports.hashCode();
    synchronized (this) {
      for (WeakReference<Listed> one : known.getOrDefault(hash, List.of())) {
        Listed listed = one.get();
        if (listed != null && listed.exports.equals(exports)) {
          return listed;
        }
      }
      return add(hash, exports);
    }
  }

  private Listed add(int hash, Exports exports) {
    known.values().forEach(same -> same.removeIf(one -> one.get() == null));
    known.values().removeIf(List::isEmpty);
    Listed added = Listed.of(exports);
    known.computeIfAbsent(hash, first -> new ArrayList<>(1)).add(new WeakReference<>(added));
    return added;
  }
}
