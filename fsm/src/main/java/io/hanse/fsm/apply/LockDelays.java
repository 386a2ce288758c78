package io.hanse.fsm.apply;

import io.hanse.fsm.store.Key;
import io.hanse.fsm.store.TableId;
import io.hanse.fsm.store.Transaction;
import io.hanse.fsm.view.Counters;
import java.util.ArrayList;
import java.util.List;

/**
 * Until when keys may not be locked, because the session that held them ended: whoever held the
 * lock may not have noticed yet. Measured by the log's clock, so that all servers agree.
 *
 * <p>Each delay is a number by the key's name, and a second row by its end, by which the rows of
 * delays that are over are found and dropped.
 */
final class LockDelays {
  private static final Key BY_KEY = Key.of("lock-delay");
  private static final Key BY_END = Key.of("lock-delay-end");

  /** More than begin at once in nearly all commands: what is over does not pile up. */
  private static final int DROPPED_AT_ONCE_MAX = 64;

  private final Transaction rows;

  LockDelays(Transaction rows) {
    this.rows = rows;
  }

  boolean holds(String key) {
    return endOf(key) > rows.timeMillis();
  }

  private long endOf(String key) {
    return Counters.at(rows, BY_KEY.then(key), 0);
  }

  /** Begins a delay; one that lasts longer is kept. */
  void begin(String key, long millis) {
    dropThoseOver();
    long end = rows.timeMillis() + millis;
    long before = endOf(key);
    if (before >= end) {
      return;
    }
    if (before > 0) {
      remove(byEnd(before, key));
    }
    byte[] value = Counters.row(end);
    rows.put(TableId.COUNTERS, BY_KEY.then(key), value, rows.publicIndex());
    rows.put(TableId.COUNTERS, byEnd(end, key), value, rows.publicIndex());
  }

  private static Key byEnd(long end, String key) {
    return BY_END.then(end).then(key);
  }

  private void dropThoseOver() {
    List<Key> over = new ArrayList<>();
    Key end = BY_END.then(rows.timeMillis());
    rows.scanKeys(
        TableId.COUNTERS,
        BY_END,
        BY_END,
        (key, index) -> {
          if (key.compareTo(end) > 0 || over.size() == DROPPED_AT_ONCE_MAX) {
            return false;
          }
          over.add(key);
          return true;
        });
    for (Key key : over) {
      remove(key);
      Key byKey = BY_KEY.then(key.behind(end));
      // After a restore the end of an earlier delay may be there beside that of a later one.
      if (Counters.at(rows, byKey, 0) <= rows.timeMillis()) {
        remove(byKey);
      }
    }
  }

  private void remove(Key key) {
    rows.remove(TableId.COUNTERS, key, rows.publicIndex());
  }
}
