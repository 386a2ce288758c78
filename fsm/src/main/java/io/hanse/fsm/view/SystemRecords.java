package io.hanse.fsm.view;

import io.hanse.fsm.row.SystemRecord;
import io.hanse.fsm.store.Key;
import io.hanse.fsm.store.Rows;
import java.util.List;
import java.util.Optional;

/**
 * What the servers keep among themselves: what the cluster has turned on, at one entry of the log
 * for all of them, and notes that one leader leaves for the next.
 */
public final class SystemRecords {
  /**
   * The level of this program's state machine. It rises with whatever makes two servers do
   * different things with one entry of the log; what depends on it is turned on by a record that
   * names the level, once all servers have it.
   */
  public static final int LEVEL = 1;

  /** Of characters in one record. */
  public static final int VALUE_LENGTH_MAX = 4_096;

  private final Rows rows;

  public SystemRecords(Rows rows) {
    this.rows = rows;
  }

  public Optional<SystemRecord> record(String key) {
    return Tables.SYSTEM_RECORDS.get(rows, Keys.systemRecord(key));
  }

  public List<SystemRecord> all() {
    return Tables.SYSTEM_RECORDS.list(rows, Key.EMPTY);
  }
}
