package io.hanse.fsm.store;

import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** All tables with their secondary indexes: what a snapshot, which has none, is completed by. */
public final class Schema {
  private final Map<TableId, Table<?>> tables = new EnumMap<>(TableId.class);

  public Schema(Collection<Table<?>> tables) {
    Set<TableId> seen = EnumSet.noneOf(TableId.class);
    for (Table<?> table : tables) {
      require(!table.id().isSecondary() && seen.add(table.id()), table.id());
      for (TableId index : table.indexIds()) {
        require(index.isSecondary() && seen.add(index), index);
      }
      this.tables.put(table.id(), table);
    }
  }

  private static void require(boolean isRight, TableId id) {
    if (!isRight) {
      throw new IllegalArgumentException(id + " is used twice, or for what it is not");
    }
  }

  /** Whether it is a secondary tree over rows about the servers. */
  boolean isIndexOfServers(TableId id) {
    return tables.values().stream()
        .anyMatch(table -> table.id().isOfServers() && table.indexIds().contains(id));
  }

  @Nullable Table<?> table(TableId id) {
    return tables.get(id);
  }
}
