package io.hanse.http;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.row.HealthCheck;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.row.ServiceDefinition;
import io.hanse.fsm.row.Weights;
import io.hanse.fsm.view.Maintenance;
import io.hanse.http.agent.LocalAgent;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** An agent that remembers what it is told: no checks run, nothing reaches the catalog. */
public final class MemoryAgent implements LocalAgent {
  private final Map<String, NodeService> services = new TreeMap<>();
  private final Map<String, HealthCheck> checks = new TreeMap<>();
  private final Set<Runnable> watchers = ConcurrentHashMap.newKeySet();

  @Override
  public String nodeName() {
    return "srv1";
  }

  @Override
  public String nodeId() {
    return "a0000000-0000-4000-8000-000000000501";
  }

  @Override
  public String datacenter() {
    return "dc1";
  }

  @Override
  public CompletableFuture<Void> reload() {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletableFuture<Void> leave() {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public String advertiseAddress() {
    return "127.0.0.1";
  }

  @Override
  public Map<String, Object> self() {
    return Map.of("Config", Map.of("Datacenter", datacenter(), "NodeName", nodeName()));
  }

  @Override
  public CompletableFuture<Map<String, Object>> host() {
    return CompletableFuture.completedFuture(Map.of("Host", Map.of("hostname", nodeName())));
  }

  @Override
  public List<Member> members() {
    return List.of(new Member(nodeName(), advertiseAddress(), 8301, Map.of("role", "consul"), 1));
  }

  @Override
  public synchronized List<NodeService> services() {
    return List.copyOf(services.values());
  }

  @Override
  public synchronized Optional<NodeService> service(String id) {
    return Optional.ofNullable(services.get(id));
  }

  @Override
  public Runnable watchServices(Runnable changed) {
    watchers.add(changed);
    return () -> watchers.remove(changed);
  }

  @Override
  public synchronized List<HealthCheck> checks() {
    return List.copyOf(checks.values());
  }

  @Override
  public synchronized CompletableFuture<Void> registerService(
      ServiceDefinition definition, boolean replaceExistingChecks) {
    if (definition.getName().isEmpty()) {
      return failed(ProblemCode.INVALID_ARGUMENT, "Missing service name");
    }
    String id = definition.getId().isEmpty() ? definition.getName() : definition.getId();
    services.put(
        id,
        NodeService.newBuilder()
            .setKind(definition.getKind())
            .setId(id)
            .setService(definition.getName())
            .addAllTags(definition.getTagsList())
            .setPort(definition.getPort())
            .setWeights(Weights.newBuilder().setPassing(1).setWarning(1))
            .setProxy(definition.getProxy())
            .build());
    watchers.forEach(Runnable::run);
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public synchronized CompletableFuture<Void> deregisterService(String id) {
    if (services.remove(id) == null) {
      return failed(ProblemCode.NOT_FOUND, "Unknown service ID \"" + id + "\".");
    }
    watchers.forEach(Runnable::run);
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public synchronized CompletableFuture<Void> enterMaintenance(String serviceId, String reason) {
    HealthCheck.Builder check =
        HealthCheck.newBuilder()
            .setNode(nodeName())
            .setCheckId(Maintenance.checkId(serviceId))
            .setStatus("critical")
            .setServiceId(serviceId)
            .setNotes(reason);
    checks.putIfAbsent(check.getCheckId(), check.build());
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public synchronized CompletableFuture<Void> leaveMaintenance(String serviceId) {
    checks.remove(Maintenance.checkId(serviceId));
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public synchronized CompletableFuture<Void> registerCheck(CheckRegistration registration) {
    String name = registration.definition().getName();
    String given = registration.definition().getCheckId();
    String id = given.isEmpty() ? name : given;
    checks.put(
        id,
        HealthCheck.newBuilder()
            .setNode(nodeName())
            .setCheckId(id)
            .setName(name)
            .setStatus("critical")
            .setServiceId(registration.serviceId())
            .setType("ttl")
            .build());
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public synchronized CompletableFuture<Void> deregisterCheck(String id) {
    checks.remove(id);
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public synchronized CompletableFuture<Void> updateCheck(String id, String status, String output) {
    HealthCheck check = checks.get(id);
    if (check == null) {
      return failed(ProblemCode.NOT_FOUND, "Unknown check ID \"" + id + "\".");
    }
    checks.put(id, check.toBuilder().setStatus(status).setOutput(output).build());
    return CompletableFuture.completedFuture(null);
  }

  private static CompletableFuture<Void> failed(ProblemCode code, String text) {
    return CompletableFuture.failedFuture(new ProblemException(code, text));
  }
}
