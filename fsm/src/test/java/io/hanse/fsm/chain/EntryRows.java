package io.hanse.fsm.chain;

import io.hanse.fsm.config.ConfigEntryKind;
import io.hanse.fsm.row.ConfigEntry;
import io.hanse.fsm.store.Key;
import io.hanse.fsm.store.Rows;
import io.hanse.fsm.store.TableId;
import io.hanse.fsm.view.Keys;
import java.util.Map;
import java.util.TreeMap;

/** Rows that are config entries and nothing else, and that nobody has checked. */
final class EntryRows implements Rows {
  private final Map<Key, byte[]> entries = new TreeMap<>();

  EntryRows put(ConfigEntry.Builder entry) {
    ConfigEntry prepared = ConfigEntryKind.prepare(entry.build());
    entries.put(Keys.configEntry(prepared.getKind(), prepared.getName()), prepared.toByteArray());
    return this;
  }

  @Override
  public byte[] get(TableId table, Key key) {
    return table == TableId.CONFIG_ENTRIES ? entries.get(key) : null;
  }

  @Override
  public void scan(TableId table, Key prefix, Visitor visitor) {}

  @Override
  public void scanKeys(TableId table, Key prefix, Key from, KeyVisitor visitor) {}

  @Override
  public int size(TableId table) {
    return 0;
  }

  @Override
  public long publicIndex() {
    return 0;
  }
}
