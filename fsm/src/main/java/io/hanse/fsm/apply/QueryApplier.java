package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.Refusals.invalid;
import static io.hanse.fsm.apply.Refusals.precondition;
import static io.hanse.fsm.apply.Refusals.requireNames;

import io.hanse.fsm.row.DeletePreparedQuery;
import io.hanse.fsm.row.PreparedQuery;
import io.hanse.fsm.row.WritePreparedQuery;
import io.hanse.fsm.store.Transaction;
import io.hanse.fsm.view.Keys;
import io.hanse.fsm.view.PreparedQueries;
import io.hanse.fsm.view.Sessions;
import io.hanse.fsm.view.Tables;
import java.util.Optional;

/** Stored look-ups of services. What they say was checked before they came here. */
final class QueryApplier {
  private QueryApplier() {}

  static Applied write(ApplyContext context, WritePreparedQuery command) {
    Transaction rows = context.rows();
    PreparedQuery query = command.getQuery();
    PreparedQueries queries = new PreparedQueries(rows);
    requireNames(query.getId(), query.getName(), query.getSession());
    if (query.getId().isEmpty()) {
      throw invalid("Missing Query ID");
    }
    boolean isThere = queries.query(query.getId()).isPresent();
    if (command.getIsUpdate() && !isThere) {
      throw unknown(query.getId());
    } else if (!command.getIsUpdate() && isThere) {
      throw invalid("a query with the ID '" + query.getId() + "' exists already");
    }
    requireOwnName(queries, query);
    if (!query.getSession().isEmpty() && new Sessions(rows).session(query.getSession()).isEmpty()) {
      throw invalid("invalid session \"" + query.getSession() + "\"");
    }
    Tables.PREPARED_QUERIES.overwrite(rows, query);
    return Applied.DONE;
  }

  /** Queries are found by id or name: no name may be that of another one, nor its id. */
  private static void requireOwnName(PreparedQueries queries, PreparedQuery query) {
    String name = query.getName();
    if (!name.isEmpty() || PreparedQueries.isTemplate(query)) {
      Optional<PreparedQuery> other =
          queries
              .named(name)
              .filter(one -> !Keys.query(one.getId()).equals(Keys.query(query.getId())));
      if (other.isPresent()) {
        throw invalid(
            name.isEmpty()
                ? "a query template with an empty name already exists"
                : "name '" + name + "' aliases an existing query name");
      }
    }
    if (queries.query(name).isPresent()) {
      throw invalid("name '" + name + "' aliases an existing query ID");
    }
  }

  static Applied delete(ApplyContext context, DeletePreparedQuery command) {
    if (!Tables.PREPARED_QUERIES.remove(context.rows(), Keys.query(command.getId()))) {
      throw unknown(command.getId());
    }
    return Applied.DONE;
  }

  private static RuntimeException unknown(String id) {
    return precondition("Cannot modify non-existent prepared query: '" + id + "'");
  }
}
