package io.hanse.fsm.apply;

import io.hanse.fsm.row.CreateSession;
import io.hanse.fsm.row.DestroySession;
import io.hanse.fsm.row.ExpireSessions;
import io.hanse.fsm.row.OpenSessionTimers;
import io.hanse.fsm.store.TableId;
import io.hanse.fsm.store.Transaction;
import io.hanse.fsm.view.Counters;
import io.hanse.fsm.view.Sessions;

/** Sessions and the fence of those who watch over their time. */
final class SessionApplier {
  private SessionApplier() {}

  static Applied create(ApplyContext context, CreateSession command) {
    new SessionWriter(context.rows()).create(command.getSession());
    return Applied.DONE;
  }

  static Applied destroy(ApplyContext context, DestroySession command) {
    return Applied.when(new SessionWriter(context.rows()).destroy(command.getId()));
  }

  @SuppressWarnings("UnusedVariable") // All appliers look alike.
  static Applied openTimers(ApplyContext context, OpenSessionTimers command) {
    context
        .rows()
        .put(TableId.COUNTERS, Sessions.TIMERS, Counters.row(context.index()), context.index());
    return Applied.DONE;
  }

  static Applied expire(ApplyContext context, ExpireSessions command) {
    Transaction rows = context.rows();
    if (command.getFence() == 0 || new Sessions(rows).timersFence() != command.getFence()) {
      return Applied.NOT_DONE;
    }
    SessionWriter sessions = new SessionWriter(rows);
    command.getIdsList().forEach(sessions::destroy);
    return Applied.DONE;
  }
}
