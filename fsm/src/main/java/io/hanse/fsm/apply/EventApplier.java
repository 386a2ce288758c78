package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.Refusals.invalid;

import io.hanse.fsm.row.FireEvent;
import io.hanse.fsm.row.UserEvent;
import io.hanse.fsm.store.Transaction;
import io.hanse.fsm.view.Keys;
import io.hanse.fsm.view.Tables;
import io.hanse.fsm.view.UserEvents;
import java.util.List;

/** Events that users fire. As many are kept as an agent of Consul remembers. */
final class EventApplier {
  static final int KEPT_MAX = 256;

  /** The clock of events stands at 1 before the first. */
  private static final long FIRST_TIME = 2;

  private EventApplier() {}

  static Applied fire(ApplyContext context, FireEvent command) {
    Transaction rows = context.rows();
    UserEvent event = command.getEvent();
    if (event.getId().isEmpty() || event.getName().isEmpty()) {
      throw invalid("an event needs an id and a name");
    }
    List<UserEvent> kept = new UserEvents(rows).all();
    long time = kept.isEmpty() ? FIRST_TIME : kept.get(kept.size() - 1).getLTime() + 1;
    Tables.USER_EVENTS.put(rows, event.toBuilder().setLTime(time).build());
    if (kept.size() >= KEPT_MAX) {
      Tables.USER_EVENTS.remove(rows, Keys.created(kept.get(0).getLTime()));
    }
    return Applied.DONE;
  }
}
