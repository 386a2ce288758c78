package io.hanse.fsm.apply;

import com.google.protobuf.ByteString;
import io.hanse.fsm.row.ImportChange;
import io.hanse.fsm.row.ImportChanges;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Which marked contents of other Hanses' services are stored, as it should be. */
final class ImportModel {
  /** By peer and service, in small letters. */
  final TreeMap<String, ByteString> marks = new TreeMap<>();

  ImportModel copy() {
    ImportModel copy = new ImportModel();
    copy.marks.putAll(marks);
    return copy;
  }

  static String key(String peer, String service) {
    return peer + "/" + service.toLowerCase(Locale.ROOT);
  }

  void apply(ImportChanges command, CatalogModel catalog, long index) {
    for (ImportChange change : command.getChangesList()) {
      take(command.getPeer(), change, catalog, index);
    }
  }

  private void take(String peer, ImportChange change, CatalogModel catalog, long index) {
    String key = key(peer, change.getService());
    ByteString stored = marks.getOrDefault(key, ByteString.EMPTY);
    if (change.getGone()) {
      catalog.reconcile(peer, change.getService(), List.of(), index);
      marks.remove(key);
      return;
    }
    boolean isThere = !change.getMark().isEmpty() && change.getMark().equals(stored);
    boolean fits = change.getBase().isEmpty() || change.getBase().equals(stored);
    if (isThere || !fits) {
      return;
    }
    if (change.getBase().isEmpty()) {
      catalog.reconcile(peer, change.getService(), change.getInstancesList(), index);
    } else {
      catalog.patch(
          peer, change.getService(), change.getInstancesList(), change.getRemovedList(), index);
    }
    if (change.getMark().isEmpty()) {
      marks.remove(key);
    } else {
      marks.put(key, change.getMark());
    }
  }

  void reconciled(String peer, String service) {
    marks.remove(key(peer, service));
  }

  void keepOnly(String peer, List<String> services) {
    for (Map.Entry<String, ByteString> mark : new TreeMap<>(marks).entrySet()) {
      boolean isKept =
          services.stream()
              .anyMatch(
                  name ->
                      mark.getKey().equals(key(peer, name))
                          || mark.getKey().equals(key(peer, name + "-sidecar-proxy")));
      if (mark.getKey().startsWith(peer + "/") && !isKept) {
        marks.remove(mark.getKey());
      }
    }
  }

  void forget(String peer) {
    marks.keySet().removeIf(key -> key.startsWith(peer + "/"));
  }
}
