package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.ClusterModel.require;

import io.hanse.fsm.row.PreparedQuery;
import io.hanse.fsm.row.WritePreparedQuery;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;

/** The model's prepared queries, in a plain map by id. */
final class QueryModel {
  record ModelQuery(
      String name,
      boolean isTemplate,
      String session,
      String service,
      long created,
      long changed) {}

  final TreeMap<String, ModelQuery> queries = new TreeMap<>();

  QueryModel copy() {
    QueryModel copy = new QueryModel();
    copy.queries.putAll(queries);
    return copy;
  }

  static ModelQuery modelOf(PreparedQuery query, long created, long changed) {
    return new ModelQuery(
        query.getName(),
        query.getTemplate().getType().equals("name_prefix_match"),
        query.getSession(),
        query.getService().getService(),
        created,
        changed);
  }

  void write(WritePreparedQuery command, Set<String> sessions, long index) {
    String id = command.getQuery().getId();
    ModelQuery old = queries.get(id);
    require(command.getIsUpdate() == (old != null));
    ModelQuery query = modelOf(command.getQuery(), old == null ? index : old.created(), index);
    require(!queries.containsKey(query.name()));
    queries.forEach(
        (otherId, other) ->
            require(
                otherId.equals(id)
                    || (query.name().isEmpty() && !(query.isTemplate() && other.isTemplate()))
                    || !folded(other).equals(folded(query))));
    require(query.session().isEmpty() || sessions.contains(query.session()));
    queries.put(id, query);
  }

  private static String folded(ModelQuery query) {
    return query.name().toLowerCase(Locale.ROOT);
  }

  void delete(String id) {
    require(queries.remove(id) != null);
  }

  void endWith(Set<String> sessions) {
    queries
        .values()
        .removeIf(query -> !query.session().isEmpty() && !sessions.contains(query.session()));
  }
}
