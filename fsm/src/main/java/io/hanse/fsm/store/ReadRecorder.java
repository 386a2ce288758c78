package io.hanse.fsm.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Notes what is read, each key or prefix once and none that lies under a prefix already noted.
 *
 * <p>No two entries of a table's map cover each other. So, of a key that a noted prefix covers, the
 * nearest entry that is not above it is that prefix: keys between the two would begin with it too.
 */
final class ReadRecorder {
  /** With more reads of one table, all of it counts as read. */
  private static final int READS_OF_TABLE_MAX = 4_096;

  /** By table, key to whether it is a prefix. */
  private final @Nullable NavigableMap<Key, Boolean>[] byTable = tables();

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static @Nullable NavigableMap<Key, Boolean>[] tables() {
    return new NavigableMap[TableId.COUNT];
  }

  void key(TableId table, Key key) {
    note(table, key, false);
  }

  void prefix(TableId table, Key prefix) {
    note(table, prefix, true);
  }

  private void note(TableId table, Key key, boolean isPrefix) {
    NavigableMap<Key, Boolean> noted = byTable[table.slot()];
    if (noted == null) {
      noted = new TreeMap<>();
      byTable[table.slot()] = noted;
    }
    Map.Entry<Key, Boolean> near = noted.floorEntry(key);
    if (near != null && covers(near, key, isPrefix)) {
      return;
    }
    if (isPrefix) {
      dropUnder(noted, key);
    }
    noted.put(key, isPrefix);
    if (noted.size() > READS_OF_TABLE_MAX) {
      noted.clear();
      noted.put(Key.EMPTY, true);
    }
  }

  private static boolean covers(Map.Entry<Key, Boolean> noted, Key key, boolean isPrefix) {
    return noted.getValue()
        ? key.startsWith(noted.getKey())
        : !isPrefix && key.equals(noted.getKey());
  }

  private static void dropUnder(NavigableMap<Key, Boolean> noted, Key prefix) {
    Key under = noted.ceilingKey(prefix);
    while (under != null && under.startsWith(prefix)) {
      noted.remove(under);
      under = noted.ceilingKey(prefix);
    }
  }

  List<ReadSet.Read> reads() {
    List<ReadSet.Read> reads = new ArrayList<>();
    for (TableId table : TableId.values()) {
      NavigableMap<Key, Boolean> noted = byTable[table.slot()];
      if (noted != null) {
        noted.forEach((key, isPrefix) -> reads.add(new ReadSet.Read(table, key, isPrefix)));
      }
    }
    return reads;
  }
}
