package io.hanse.fsm.view;

import io.hanse.fsm.row.Session;
import io.hanse.fsm.row.SessionServiceCheck;
import io.hanse.fsm.store.Key;
import io.hanse.fsm.store.Rows;
import io.hanse.fsm.store.TableId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The sessions that live. */
public final class Sessions {
  /** Among the counters. */
  public static final Key TIMERS = Key.of("session-timers");

  private final Rows rows;

  public Sessions(Rows rows) {
    this.rows = rows;
  }

  public Optional<Session> session(String id) {
    return Tables.SESSIONS.get(rows, Keys.session(id));
  }

  public List<Session> all() {
    return Tables.SESSIONS.list(rows, Key.EMPTY);
  }

  public List<Session> ofNode(String node) {
    return Tables.SESSIONS.listBy(rows, TableId.SESSIONS_BY_NODE, Keys.sessionNode(node));
  }

  public boolean areOn(String node) {
    return rows.hasAny(TableId.SESSIONS_BY_NODE, Keys.sessionNode(node));
  }

  /** Those that end when the check is critical or gone. */
  public List<Session> standingOn(String node, String checkId) {
    return Tables.SESSIONS.listBy(
        rows, TableId.SESSIONS_BY_CHECK, Keys.sessionCheck(node, checkId));
  }

  /** Those with a time to live that were made behind an index, the oldest first. */
  public List<Session> withTtlSince(long createdAfter) {
    List<Key> keys = new ArrayList<>();
    rows.scanKeys(
        TableId.SESSIONS_WITH_TTL,
        Key.EMPTY,
        Keys.created(createdAfter + 1),
        (key, index) -> keys.add(key));
    List<Session> sessions = new ArrayList<>(keys.size());
    for (Key key : keys) {
      sessions.addAll(Tables.SESSIONS.listBy(rows, TableId.SESSIONS_WITH_TTL, key));
    }
    return sessions;
  }

  /** Which timers may end sessions: the index of their OpenSessionTimers; 0: none. */
  public long timersFence() {
    return Counters.at(rows, TIMERS, 0);
  }

  /** The ids of all checks of its node that a session stands on, each once. */
  public static Collection<String> checkIds(Session session) {
    Set<String> ids = new LinkedHashSet<>(session.getChecksList());
    ids.addAll(session.getNodeChecksList());
    session.getServiceChecksList().stream().map(SessionServiceCheck::getId).forEach(ids::add);
    return ids;
  }
}
