package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.Refusals.invalid;

import io.hanse.fsm.row.FireEvent;
import io.hanse.fsm.row.UserEvent;
import io.hanse.fsm.store.Transaction;
import io.hanse.fsm.view.Keys;
import io.hanse.fsm.view.Tables;
import io.hanse.fsm.view.UserEvents;
import java.util.Optional;

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
    UserEvents events = new UserEvents(rows);
    Optional<UserEvent> oldest = events.oldest();
    // No time is left out: the newest one's is known without reading all.
    long time = oldest.map(one -> one.getLTime() + events.count()).orElse(FIRST_TIME);
    Tables.USER_EVENTS.put(rows, event.toBuilder().setLTime(time).build());
    if (events.count() > KEPT_MAX) {
      oldest.ifPresent(one -> Tables.USER_EVENTS.remove(rows, Keys.created(one.getLTime())));
    }
    return Applied.DONE;
  }
}
