package io.hanse.fsm.view;

import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.row.HealthCheck;
import io.hanse.fsm.store.Key;
import io.hanse.fsm.store.Rows;
import io.hanse.fsm.store.TableId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Checks, and instances with their checks. A peer of "" means this cluster. */
public final class Health {
  private static final String ANY = "any";

  private static final String FOLLOWS_SESSION = "session";

  private final Rows rows;
  private final Catalog catalog;

  public Health(Rows rows) {
    this.rows = rows;
    catalog = new Catalog(rows);
  }

  public List<HealthCheck> ofNode(String peer, String node) {
    return Tables.CHECKS.list(rows, Keys.node(peer, node));
  }

  /** Whether it is passing while a session of its node has the name that it gives. */
  public static boolean followsSession(HealthCheck check) {
    return check.getType().equals(FOLLOWS_SESSION);
  }

  /** Those of a node that follow the sessions of a name. */
  public List<HealthCheck> following(String node, String sessionName) {
    return Tables.CHECKS
        .listBy(rows, TableId.CHECKS_BY_SESSION_NAME, Keys.sessionName("", node, sessionName))
        .stream()
        .filter(check -> check.getDefinition().getSessionName().equals(sessionName))
        .toList();
  }

  public Optional<HealthCheck> check(String peer, String node, String checkId) {
    return Tables.CHECKS.get(rows, Keys.check(peer, node, checkId));
  }

  public List<HealthCheck> ofService(String peer, String service) {
    return Tables.CHECKS.listBy(rows, TableId.CHECKS_BY_SERVICE, Keys.service(peer, service));
  }

  /** All checks in a state; "any" means every state. */
  public List<HealthCheck> inState(String peer, String state) {
    return state.equals(ANY)
        ? Tables.CHECKS.list(rows, Key.ofPeer(peer))
        : Tables.CHECKS.listBy(rows, TableId.CHECKS_BY_STATE, Keys.checkState(peer, state));
  }

  /** The instances of a service with the checks of each and of its node. */
  public List<CheckServiceNode> service(String peer, String name) {
    return withChecks(peer, catalog.service(peer, name));
  }

  /** The sidecars and native instances of a service with their checks. */
  public List<CheckServiceNode> connect(String peer, String name) {
    return withChecks(peer, catalog.connect(peer, name));
  }

  /** The same, and behind them the terminating gateways that stand for it. */
  public List<CheckServiceNode> mesh(String peer, String name) {
    return withChecks(peer, catalog.mesh(peer, name));
  }

  /** The instances of the ingress gateways through which a service is reached. */
  public List<CheckServiceNode> ingress(String service) {
    return withChecks("", new GatewayServices(rows).ingress(service));
  }

  public List<CheckServiceNode> ofKind(String peer, String kind) {
    return withChecks(peer, catalog.ofKind(peer, kind));
  }

  private List<CheckServiceNode> withChecks(String peer, List<CheckServiceNode> instances) {
    List<CheckServiceNode> complete = new ArrayList<>(instances.size());
    Map<String, List<HealthCheck>> ofNodes = new TreeMap<>();
    for (CheckServiceNode instance : instances) {
      String node = instance.getNode().getNode();
      complete.add(
          instance.toBuilder()
              .addAllChecks(ofNodes.computeIfAbsent(node, name -> ofInstance(peer, name, "")))
              .addAllChecks(ofInstance(peer, node, instance.getService().getId()))
              .build());
    }
    return complete;
  }

  /** The checks of the node itself for a service id of "". */
  private List<HealthCheck> ofInstance(String peer, String node, String serviceId) {
    return Tables.CHECKS.listBy(
        rows, TableId.CHECKS_BY_INSTANCE, Keys.instance(peer, node, serviceId));
  }
}
