package io.hanse.fsm.view;

import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.row.HealthCheck;
import io.hanse.fsm.row.PreparedQuery;
import io.hanse.fsm.row.QueryFailoverTarget;
import io.hanse.fsm.row.ServiceQuery;
import io.hanse.fsm.store.Rows;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What a prepared query finds: first where it is asked to look, then, while there is nothing, at
 * the peers that it fails over to. Other datacenters are not known here, and are passed over.
 *
 * @param peer where the last look was; "" for this cluster
 * @param failovers how many peers were looked at besides
 */
public record QueryRun(List<CheckServiceNode> instances, String peer, int failovers) {

  /** Critical here, or said to be in maintenance by a peer. */
  private static final Set<String> OUT_OF_USE = Set.of("critical", Maintenance.WORD);

  private static final String PASSING = "passing";

  /**
   * Looks for the instances.
   *
   * @param query no template
   * @param connect only those through which the mesh reaches the service, whatever the query says
   */
  public static QueryRun of(Rows rows, PreparedQuery query, boolean connect) {
    ServiceQuery service = query.getService();
    Search search = new Search(new Health(rows), service, connect || service.getConnect());
    QueryRun run = new QueryRun(search.at(service.getPeer()), service.getPeer(), 0);
    for (String peer : run.instances().isEmpty() ? peersOf(service) : List.<String>of()) {
      run = new QueryRun(search.at(peer), peer, run.failovers() + 1);
      if (!run.instances().isEmpty()) {
        break;
      }
    }
    return run;
  }

  /** One that names a datacenter besides is for a datacenter that nobody knows. */
  private static List<String> peersOf(ServiceQuery query) {
    return query.getFailover().getDatacentersCount() > 0
        ? List.of()
        : query.getFailover().getTargetsList().stream()
            .filter(target -> target.getDatacenter().isEmpty())
            .map(QueryFailoverTarget::getPeer)
            .filter(peer -> !peer.isEmpty())
            .toList();
  }

  private record Search(Health health, ServiceQuery query, boolean isConnect) {
    List<CheckServiceNode> at(String peer) {
      List<CheckServiceNode> found =
          isConnect
              ? health.mesh(peer, query.getService())
              : health.service(peer, query.getService());
      return found.stream().filter(this::isWanted).toList();
    }

    private boolean isWanted(CheckServiceNode instance) {
      return instance.getChecksList().stream().allMatch(this::isHealthy)
          && hasAll(instance.getNode().getMetaMap(), query.getNodeMetaMap())
          && hasAll(instance.getService().getMetaMap(), query.getServiceMetaMap())
          && hasTags(instance.getService().getTagsList());
    }

    private boolean isHealthy(HealthCheck check) {
      return query.getIgnoreCheckIdsList().contains(check.getCheckId())
          || (query.getOnlyPassing()
              ? check.getStatus().equals(PASSING)
              : !OUT_OF_USE.contains(check.getStatus()));
    }

    private static boolean hasAll(Map<String, String> meta, Map<String, String> wanted) {
      return wanted.entrySet().stream()
          .allMatch(pair -> pair.getValue().equals(meta.get(pair.getKey())));
    }

    private boolean hasTags(List<String> tags) {
      Set<String> present =
          tags.stream().map(Keys::fold).collect(Collectors.toCollection(TreeSet::new));
      return query.getTagsList().stream()
          .map(Keys::fold)
          .allMatch(
              tag ->
                  tag.startsWith("!")
                      ? !present.contains(tag.substring(1))
                      : present.contains(tag));
    }
  }
}
