package io.hanse.http.agent;

import io.hanse.fsm.row.CheckType;
import io.hanse.fsm.row.HealthCheck;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.row.ServiceDefinition;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The agent that this API belongs to: what is registered with it, and who it is. Its answers are
 * those of memory; its changes reach the catalog by themselves. Refusals are a {@link
 * io.hanse.fsm.error.ProblemException} with Consul's text.
 */
public interface LocalAgent {
  /** Another server, or this one. Status as in Consul: 1 alive, 2 leaving, 3 left, 4 failed. */
  record Member(String name, String address, int port, Map<String, String> tags, int status) {}

  /** A check to register; {@code serviceId} is "" for one of the node. */
  record CheckRegistration(String serviceId, CheckType definition) {
    /** From what clients and files write, where the check's id has a key of its own. */
    public static CheckRegistration of(io.hanse.http.request.CheckRegistration written) {
      CheckType definition = written.getDefinition();
      return new CheckRegistration(
          written.getServiceId(),
          written.getId().isEmpty()
              ? definition
              : definition.toBuilder().setCheckId(written.getId()).build());
    }
  }

  String nodeName();

  String nodeId();

  String datacenter();

  /** Host that others reach this node by. */
  String advertiseAddress();

  /** The whole of {@code /v1/agent/self}: strings, numbers, booleans, lists and maps of these. */
  Map<String, Object> self();

  /** The machine that it runs on, as {@code /v1/agent/host} shows it: made as {@link #self}. */
  CompletableFuture<Map<String, Object>> host();

  List<Member> members();

  /** Reads again what may change without a restart. */
  CompletableFuture<Void> reload();

  /** Leaves the cluster; the agent stops soon after this is done. */
  CompletableFuture<Void> leave();

  /** By id. */
  List<NodeService> services();

  Optional<NodeService> service(String id);

  /**
   * Calls back, soon and on a thread of the agent, after each change of a service.
   *
   * @return ends it
   */
  Runnable watchServices(Runnable changed);

  /** By check id. */
  List<HealthCheck> checks();

  /** Expands a sidecar, sets defaults, stores the definition durably and starts its checks. */
  CompletableFuture<Void> registerService(
      ServiceDefinition definition, boolean replaceExistingChecks);

  CompletableFuture<Void> deregisterService(String id);

  /**
   * Takes a service of this agent out of use, durably, until it is given back; the whole node for
   * "".
   *
   * @param reason for those who find it so; "" for none
   */
  CompletableFuture<Void> enterMaintenance(String serviceId, String reason);

  CompletableFuture<Void> leaveMaintenance(String serviceId);

  CompletableFuture<Void> registerCheck(CheckRegistration registration);

  CompletableFuture<Void> deregisterCheck(String id);

  /** What a TTL check reports: "passing", "warning" or "critical". */
  CompletableFuture<Void> updateCheck(String id, String status, String output);
}
