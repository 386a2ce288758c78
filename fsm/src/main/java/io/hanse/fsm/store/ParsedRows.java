package io.hanse.fsm.store;

import com.google.protobuf.Message;
import org.jspecify.annotations.Nullable;

/**
 * Rows that were parsed or written lately, by the ids of their values: one command looks at the
 * same node and instance several times. An id is never that of another value, so nothing here is
 * ever out of date. Used by the applying thread only.
 */
final class ParsedRows {
  private static final int SLOTS = 1024;

  private final long[] ids = new long[SLOTS];
  private final @Nullable Message[] rows = new Message[SLOTS];

  /** The message that was made of the value; null if it is not known. */
  @Nullable Message get(long id) {
    int slot = slot(id);
    return ids[slot] == id ? rows[slot] : null;
  }

  /** Leaves out what is large, so that all together stay small. */
  void put(long id, Message row) {
    if (!Values.isLarge(id)) {
      int slot = slot(id);
      ids[slot] = id;
      rows[slot] = row;
    }
  }

  private static int slot(long id) {
    return (int) (id >>> 1) & (SLOTS - 1);
  }
}
