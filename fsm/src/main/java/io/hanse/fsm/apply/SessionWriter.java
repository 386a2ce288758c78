package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.Refusals.conflict;
import static io.hanse.fsm.apply.Refusals.invalid;
import static io.hanse.fsm.apply.Refusals.requireNames;

import io.hanse.fsm.row.HealthCheck;
import io.hanse.fsm.row.Session;
import io.hanse.fsm.store.Transaction;
import io.hanse.fsm.view.Catalog;
import io.hanse.fsm.view.Health;
import io.hanse.fsm.view.Keys;
import io.hanse.fsm.view.PreparedQueries;
import io.hanse.fsm.view.Sessions;
import io.hanse.fsm.view.Tables;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Begins and ends sessions, and keeps what hangs on them: held keys, prepared queries, and checks
 * that follow a session's name.
 *
 * <p>The end of a session can turn a check critical that another one stands on: ends are queued and
 * worked off by a loop, however long such a chain is.
 */
final class SessionWriter {
  static final String RELEASE = "release";
  static final String DELETE = "delete";
  private static final String CRITICAL = "critical";
  private static final String PASSING = "passing";

  private static final long LOCK_DELAY_MILLIS_MAX = 60_000;

  private final Transaction rows;
  private final Sessions sessions;
  private final CatalogWriter catalog;
  private final Deque<Session> ending = new ArrayDeque<>();
  private boolean isEnding;

  SessionWriter(Transaction rows) {
    this.rows = rows;
    sessions = new Sessions(rows);
    catalog = new CatalogWriter(rows, this);
  }

  SessionWriter(Transaction rows, CatalogWriter catalog) {
    this.rows = rows;
    sessions = new Sessions(rows);
    this.catalog = catalog;
  }

  void create(Session session) {
    requireNames(session.getId(), session.getNode());
    if (session.getId().isEmpty()) {
      throw invalid("Missing session ID");
    }
    if (sessions.session(session.getId()).isPresent()) {
      throw conflict("a session with the ID " + session.getId() + " exists already");
    }
    if (!session.getBehavior().equals(RELEASE) && !session.getBehavior().equals(DELETE)) {
      throw invalid("Invalid session behavior: " + session.getBehavior());
    }
    if (new Catalog(rows).node("", session.getNode()).isEmpty()) {
      throw invalid("Missing node registration");
    }
    for (String checkId : Sessions.checkIds(session)) {
      requireHealthy(session.getNode(), checkId);
    }
    Tables.SESSIONS.put(rows, session);
    follow(session, PASSING, "Session '" + session.getId() + "' in force");
  }

  private void requireHealthy(String node, String checkId) {
    requireNames(checkId);
    Optional<HealthCheck> check = Tables.CHECKS.get(rows, Keys.check("", node, checkId));
    if (check.isEmpty()) {
      throw invalid("Missing check '" + checkId + "' registration");
    }
    if (check.get().getStatus().equals(CRITICAL) && !Health.followsSession(check.get())) {
      throw invalid("Check '" + checkId + "' is in " + CRITICAL + " state");
    }
  }

  /** Answers whether there was one. */
  boolean destroy(String id) {
    Optional<Session> session = sessions.session(id);
    session.ifPresent(one -> end(List.of(one)));
    return session.isPresent();
  }

  /** Whether there are sessions of the node, which end with one of its checks. */
  boolean areOn(String node) {
    return sessions.areOn(node);
  }

  /** The node is gone. */
  void nodeGone(String node) {
    end(sessions.ofNode(node));
  }

  /** The check is critical or gone. */
  void checkFailed(String node, String checkId) {
    end(sessions.standingOn(node, checkId));
  }

  private void end(Iterable<Session> ended) {
    ended.forEach(ending::add);
    if (isEnding) {
      return;
    }
    isEnding = true;
    for (Session session = ending.poll(); session != null; session = ending.poll()) {
      if (Tables.SESSIONS.remove(rows, Keys.session(session.getId()))) {
        new KvWriter(rows).end(session, lockDelayMillis(session));
        new PreparedQueries(rows)
            .ofSession(session.getId())
            .forEach(query -> Tables.PREPARED_QUERIES.remove(rows, Keys.query(query.getId())));
        follow(session, CRITICAL, "Session '" + session.getId() + "' is invalid");
      }
    }
    isEnding = false;
  }

  private static long lockDelayMillis(Session session) {
    long millis =
        session.getLockDelay().getSeconds() * 1_000 + session.getLockDelay().getNanos() / 1_000_000;
    return Math.min(millis, LOCK_DELAY_MILLIS_MAX);
  }

  private void follow(Session session, String status, String output) {
    for (HealthCheck check : new Health(rows).following(session.getNode(), session.getName())) {
      catalog.putCheck(
          session.getNode(), check.toBuilder().setStatus(status).setOutput(output).build());
    }
  }
}
