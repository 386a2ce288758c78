package io.hanse.fsm.view;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.query.QueryTemplates;
import io.hanse.fsm.row.PreparedQuery;
import io.hanse.fsm.store.Key;
import io.hanse.fsm.store.Rows;
import io.hanse.fsm.store.TableId;
import java.util.List;
import java.util.Optional;

/** Finds prepared queries by id, by name and, templates, by what names begin with. */
public final class PreparedQueries {
  private final Rows rows;

  public PreparedQueries(Rows rows) {
    this.rows = rows;
  }

  /** Whether it is made for every name that it is asked for by. */
  public static boolean isTemplate(PreparedQuery query) {
    return !query.getTemplate().getType().isEmpty();
  }

  /** By id. */
  public List<PreparedQuery> all() {
    return Tables.PREPARED_QUERIES.list(rows, Key.EMPTY);
  }

  public Optional<PreparedQuery> query(String id) {
    return Tables.PREPARED_QUERIES.get(rows, Keys.query(id));
  }

  /** The queries that end with a session. */
  public List<PreparedQuery> ofSession(String session) {
    return Tables.PREPARED_QUERIES.listBy(rows, TableId.QUERIES_BY_SESSION, Keys.session(session));
  }

  /** The query of a name; for "", the template that answers to all names. */
  public Optional<PreparedQuery> named(String name) {
    return (name.isEmpty() ? Optional.<PreparedQuery>empty() : byName(false, name))
        .or(() -> byName(true, name));
  }

  private Optional<PreparedQuery> byName(boolean isTemplate, String name) {
    return Tables.PREPARED_QUERIES
        .listBy(rows, TableId.QUERIES_BY_NAME, Keys.queryName(isTemplate, name))
        .stream()
        .findFirst();
  }

  /**
   * The query that is meant by an id or a name; a template as it comes to for the name.
   *
   * @throws ProblemException INVALID_ARGUMENT: it is a template and was asked for by its id
   */
  public Optional<PreparedQuery> resolve(String idOrName) {
    Optional<PreparedQuery> byId = query(idOrName);
    if (byId.filter(PreparedQueries::isTemplate).isPresent()) {
      throw new ProblemException(
          ProblemCode.INVALID_ARGUMENT,
          "prepared query templates can only be resolved up by name, not by ID");
    }
    return byId.or(
        () ->
            named(idOrName)
                .or(() -> templateFor(idOrName))
                .map(query -> isTemplate(query) ? QueryTemplates.render(query, idOrName) : query));
  }

  /** The template with the longest name that the given one begins with. */
  private Optional<PreparedQuery> templateFor(String name) {
    if (!rows.hasAny(TableId.QUERIES_BY_NAME, Keys.queryTemplates())) {
      return Optional.empty();
    }
    for (int length = name.length() - 1; length >= 0; length--) {
      Optional<PreparedQuery> template = byName(true, name.substring(0, length));
      if (template.isPresent()) {
        return template;
      }
    }
    return Optional.empty();
  }
}
