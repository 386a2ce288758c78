package io.hanse.fsm.view;

import io.hanse.fsm.row.UserEvent;
import io.hanse.fsm.store.Key;
import io.hanse.fsm.store.Rows;
import io.hanse.fsm.store.TableId;
import java.util.List;
import java.util.Optional;

/** The newest events that users fired. */
public final class UserEvents {
  private final Rows rows;

  public UserEvents(Rows rows) {
    this.rows = rows;
  }

  /** The oldest first. */
  public List<UserEvent> all() {
    return Tables.USER_EVENTS.list(rows, Key.EMPTY);
  }

  public Optional<UserEvent> oldest() {
    return Tables.USER_EVENTS.first(rows, Key.EMPTY, 1).stream().findFirst();
  }

  public int count() {
    return rows.size(TableId.USER_EVENTS);
  }
}
