package io.hanse.peering.dataplane;

import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.store.View;
import io.hanse.peering.proto.Endpoints;
import io.hanse.peering.protocol.ProxyResources;
import io.hanse.peering.replication.WatchedQuery;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.LongConsumer;

/**
 * Lists of endpoints, each kept up to date by a question of its own. A list is offered as soon as
 * it is wanted, so that a route offered after it never points to endpoints that a proxy doesn't
 * know. Used on its loop only.
 */
final class WatchedEndpoints {
  private record Answer(Endpoints endpoints, long index) {}

  private final ProxyQueries asked;
  private final ResourceSet resources;
  private final LongConsumer answered;
  private final Map<String, WatchedQuery<?>> queries = new TreeMap<>();

  /**
   * Without any list yet.
   *
   * @param answered told the index of each answer after the first
   */
  WatchedEndpoints(ProxyQueries asked, ResourceSet resources, LongConsumer answered) {
    this.asked = asked;
    this.resources = resources;
    this.answered = answered;
  }

  /** The list of a service of this cluster. */
  static String local(String service) {
    return "local/" + service;
  }

  /** Instances by the addresses that this cluster uses. */
  void want(String name, Function<View, List<CheckServiceNode>> instances) {
    want(name, instances, EndpointMapper::lan);
  }

  /** Instances by the addresses that other clusters use. */
  void wantWan(String name, Function<View, List<CheckServiceNode>> instances) {
    want(name, instances, EndpointMapper::wan);
  }

  private void want(
      String name,
      Function<View, List<CheckServiceNode>> instances,
      BiFunction<String, List<CheckServiceNode>, Endpoints> mapper) {
    if (queries.containsKey(name)) {
      return;
    }
    WatchedQuery<Answer> query =
        asked.of(
            view -> new Answer(mapper.apply(name, instances.apply(view)), view.publicIndex()),
            answer -> {
              put(name, answer);
              answered.accept(answer.index());
            });
    put(name, ProxyQueries.first(query));
    queries.put(name, query);
  }

  private void put(String name, Answer answer) {
    resources.put(ProxyResources.ENDPOINTS, name, answer.endpoints());
  }

  /** Drops all lists but these. */
  void retain(Set<String> names) {
    var known = queries.entrySet().iterator();
    while (known.hasNext()) {
      Map.Entry<String, WatchedQuery<?>> each = known.next();
      if (!names.contains(each.getKey())) {
        each.getValue().close();
        known.remove();
        resources.remove(ProxyResources.ENDPOINTS, each.getKey());
      }
    }
  }
}
