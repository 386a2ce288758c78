package io.hanse.cli.agent;

import io.hanse.fsm.port.Leadership;
import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.row.AgentCheck;
import io.hanse.fsm.row.AgentService;
import io.hanse.fsm.row.HealthCheck;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.row.Server;
import io.hanse.fsm.row.ServiceDefinition;
import io.hanse.fsm.store.View;
import io.hanse.http.agent.LocalAgent;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** The agent of a server, as the HTTP API sees it. */
final class ServerAgent implements LocalAgent {
  private final AgentIdentity identity;
  private final Server server;
  private final AgentCore core;
  private final Leadership leadership;
  private final StateReader reader;
  private final ServerEchoes echoes;
  private final boolean isPeeringEnabled;
  private final Deeds deeds;
  private final Executor workers;

  /** What the agent does as a whole when it is asked to. */
  record Deeds(Supplier<CompletableFuture<Void>> reload, Supplier<CompletableFuture<Void>> leave) {}

  /**
   * Of the parts of a server.
   *
   * @param workers where files of the machine are read
   */
  ServerAgent(
      AgentIdentity identity,
      Server server,
      AgentCore core,
      Leadership leadership,
      StateReader reader,
      ServerEchoes echoes,
      boolean isPeeringEnabled,
      Deeds deeds,
      Executor workers) {
    this.identity = identity;
    this.server = server;
    this.core = core;
    this.leadership = leadership;
    this.reader = reader;
    this.echoes = echoes;
    this.isPeeringEnabled = isPeeringEnabled;
    this.deeds = deeds;
    this.workers = workers;
  }

  @Override
  public String nodeName() {
    return identity.nodeName();
  }

  @Override
  public String nodeId() {
    return identity.nodeId();
  }

  @Override
  public String datacenter() {
    return identity.datacenter();
  }

  @Override
  public String advertiseAddress() {
    return identity.address();
  }

  @Override
  public Map<String, Object> self() {
    try (View view = reader.view()) {
      return AgentFacts.of(
          identity,
          server,
          leadership,
          Members.of(view, server, echoes),
          core.registry(),
          view.publicIndex(),
          isPeeringEnabled);
    }
  }

  @Override
  public CompletableFuture<Map<String, Object>> host() {
    return CompletableFuture.supplyAsync(
        () -> HostFacts.of(Path.of("/"), System.currentTimeMillis()), workers);
  }

  @Override
  public List<Member> members() {
    try (View view = reader.view()) {
      return Members.of(view, server, echoes);
    }
  }

  @Override
  public CompletableFuture<Void> reload() {
    return deeds.reload().get();
  }

  @Override
  public CompletableFuture<Void> leave() {
    return deeds.leave().get();
  }

  @Override
  public List<NodeService> services() {
    return core.registry().services().values().stream().map(AgentService::getRow).toList();
  }

  @Override
  public Optional<NodeService> service(String id) {
    return Optional.ofNullable(core.registry().services().get(id)).map(AgentService::getRow);
  }

  @Override
  public Runnable watchServices(Runnable changed) {
    return core.watch(changed);
  }

  @Override
  public List<HealthCheck> checks() {
    return core.registry().checks().values().stream().map(AgentCheck::getRow).toList();
  }

  @Override
  public CompletableFuture<Void> registerService(
      ServiceDefinition definition, boolean replaceExistingChecks) {
    return core.registerService(definition, replaceExistingChecks);
  }

  @Override
  public CompletableFuture<Void> deregisterService(String id) {
    return core.deregisterService(id);
  }

  @Override
  public CompletableFuture<Void> enterMaintenance(String serviceId, String reason) {
    return core.enterMaintenance(serviceId, reason);
  }

  @Override
  public CompletableFuture<Void> leaveMaintenance(String serviceId) {
    return core.leaveMaintenance(serviceId);
  }

  @Override
  public CompletableFuture<Void> registerCheck(CheckRegistration registration) {
    return core.registerCheck(registration);
  }

  @Override
  public CompletableFuture<Void> deregisterCheck(String id) {
    return core.deregisterCheck(id);
  }

  @Override
  public CompletableFuture<Void> updateCheck(String id, String status, String output) {
    return core.updateCheck(id, status, output);
  }
}
