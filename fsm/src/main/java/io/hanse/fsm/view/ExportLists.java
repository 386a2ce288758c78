package io.hanse.fsm.view;

import io.hanse.fsm.view.ExportResolver.Exports;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
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

  private final List<WeakReference<Listed>> known = new ArrayList<>();

  /** The same object for what is equal. */
  synchronized Listed listed(Exports exports) {
    Iterator<WeakReference<Listed>> all = known.iterator();
    while (all.hasNext()) {
      Listed one = all.next().get();
      if (one == null) {
        all.remove();
      } else if (one.exports.equals(exports)) {
        return one;
      }
    }
    Listed added = Listed.of(exports);
    known.add(new WeakReference<>(added));
    return added;
  }
}
