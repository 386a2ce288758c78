package io.hanse.fsm.view;

import io.hanse.fsm.row.KvEntry;
import io.hanse.fsm.store.Key;
import io.hanse.fsm.store.Rows;
import io.hanse.fsm.store.TableId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The key-value store. */
public final class Kv {
  private final Rows rows;

  public Kv(Rows rows) {
    this.rows = rows;
  }

  public Optional<KvEntry> get(String key) {
    return Tables.KV.get(rows, Keys.kv(key));
  }

  public List<KvEntry> list(String prefix) {
    return Tables.KV.list(rows, Key.EMPTY.thenPrefix(prefix));
  }

  /** Like {@link #list}; each entry is shown first to whoever may throw. */
  List<KvEntry> listWhile(String prefix, Consumer<KvEntry> bound) {
    List<KvEntry> entries = new ArrayList<>();
    Tables.KV.forEach(
        rows,
        Key.EMPTY.thenPrefix(prefix),
        entry -> {
          bound.accept(entry);
          entries.add(entry);
        });
    return entries;
  }

  /** What a session has locked. */
  public List<KvEntry> heldBy(String sessionId) {
    return Tables.KV.listBy(rows, TableId.KV_BY_SESSION, Keys.session(sessionId));
  }

  /**
   * The keys below a prefix; with a separator, cut after its first occurrence behind the prefix.
   */
  public List<String> keys(String prefix, String separator) {
    List<String> keys = new ArrayList<>();
    Key beginning = Key.EMPTY.thenPrefix(prefix);
    rows.scanKeys(
        TableId.KV,
        beginning,
        beginning,
        (rowKey, modifyIndex) -> {
          String key = cut(rowKey.onlySegment(), prefix.length(), separator);
          // What is cut alike stands together.
          if (keys.isEmpty() || !keys.get(keys.size() - 1).equals(key)) {
            keys.add(key);
          }
          return true;
        });
    return keys;
  }

  private static String cut(String key, int from, String separator) {
    if (separator.isEmpty()) {
      return key;
    }
    int at = key.indexOf(separator, from);
    return at < 0 ? key : key.substring(0, at + separator.length());
  }
}
