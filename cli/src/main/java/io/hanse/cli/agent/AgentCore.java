package io.hanse.cli.agent;

import io.hanse.cli.agent.check.CheckKind;
import io.hanse.cli.agent.check.CheckRows;
import io.hanse.cli.agent.check.CheckRunner;
import io.hanse.cli.agent.check.Verdict;
import io.hanse.fsm.error.Quoted;
import io.hanse.fsm.row.AgentCheck;
import io.hanse.fsm.row.AgentService;
import io.hanse.fsm.row.CheckType;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.row.ServiceDefinition;
import io.hanse.fsm.view.Maintenance;
import io.hanse.http.agent.LocalAgent.CheckRegistration;
import java.io.IOException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is registered with this agent, and how it changes: on one thread, durably before it is
 * answered, and then told to the anti-entropy. Readers see one immutable registry at a time.
 */
final class AgentCore implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AgentCore.class);
  private static final int WATCHERS_MAX = 10_000;

  private final AgentIdentity identity;
  private final SidecarPorts sidecarPorts;
  private final ScheduledExecutorService thread;
  private final DefinitionFiles files;
  private final CheckRunner runner;
  private final Runnable changed;
  private final Map<Object, Runnable> watchers = new ConcurrentHashMap<>();
  private volatile LocalRegistry registry = LocalRegistry.EMPTY;

  /**
   * @param thread one thread, on which all changes are made
   * @param workers threads that probes may block
   * @param changed called on the thread when the catalog should learn of something
   */
  AgentCore(
      AgentIdentity identity,
      SidecarPorts sidecarPorts,
      ScheduledExecutorService thread,
      Executor workers,
      DefinitionFiles files,
      Runnable changed) {
    this.identity = identity;
    this.sidecarPorts = sidecarPorts;
    this.thread = thread;
    this.files = files;
    this.changed = changed;
    runner = new CheckRunner(thread, workers, this::report);
  }

  /** Takes up what was registered before. */
  CompletableFuture<Void> start() throws IOException {
    LocalRegistry kept = files.load();
    return onThread(() -> adopt(LocalRegistry.EMPTY, kept, false));
  }

  LocalRegistry registry() {
    return registry;
  }

  /**
   * Calls back, on the agent's thread, after each registration and deregistration; never for what
   * checks find.
   *
   * @return ends it
   */
  Runnable watch(Runnable watcher) {
    if (watchers.size() >= WATCHERS_MAX) {
      throw Problems.overloaded("too many requests wait for services of this agent");
    }
    Object key = new Object();
    watchers.put(key, watcher);
    return () -> watchers.remove(key);
  }

  CompletableFuture<Void> registerService(ServiceDefinition definition, boolean replaceChecks) {
    return register(definition, check -> replaceChecks);
  }

  /** What the file no longer says is gone; maintenance lasts until somebody ends it. */
  CompletableFuture<Void> registerFromFile(ServiceDefinition definition) {
    return register(definition, check -> CheckKind.of(check) != CheckKind.MAINTENANCE);
  }

  /**
   * Registers a service.
   *
   * @param isReplaced of the checks that it has and the definition does not name
   */
  private CompletableFuture<Void> register(
      ServiceDefinition definition, Predicate<AgentCheck> isReplaced) {
    return onThread(
        () -> {
          ServiceRules.check(definition);
          LocalRegistry now = registry;
          ServiceExpansion expansion =
              ServiceExpansion.of(definition, identity.nodeName(), now, sidecarPorts);
          ServiceRules.check(expansion);
          for (AgentService service : expansion.services()) {
            now = now.with(service);
          }
          now = now.withoutChecks(othersOf(expansion).and(isReplaced));
          for (AgentCheck check : expansion.checks()) {
            now = now.with(keepVerdict(check));
          }
          change(retag(now, expansion));
        });
  }

  CompletableFuture<Void> deregisterService(String id) {
    return onThread(
        () -> {
          service(id);
          LocalRegistry now = registry.withoutService(id);
          for (AgentService sidecar : registry.sidecarsOf(id)) {
            now = now.withoutService(sidecar.getRow().getId());
          }
          change(now);
        });
  }

  /** Of what is in maintenance already the reason stays, as in Consul. */
  CompletableFuture<Void> enterMaintenance(String serviceId, String reason) {
    return onThread(
        () -> {
          NodeService service =
              serviceId.isEmpty() ? NodeService.getDefaultInstance() : service(serviceId).getRow();
          if (!registry.checks().containsKey(Maintenance.checkId(serviceId))) {
            change(registry.with(CheckRows.ofMaintenance(identity.nodeName(), service, reason)));
            LOG.info("maintenance begins {}", whose(serviceId));
          }
        });
  }

  CompletableFuture<Void> leaveMaintenance(String serviceId) {
    return onThread(
        () -> {
          if (!serviceId.isEmpty()) {
            service(serviceId);
          }
          String id = Maintenance.checkId(serviceId);
          if (registry.checks().containsKey(id)) {
            change(registry.withoutChecks(check -> check.getRow().getCheckId().equals(id)));
            LOG.info("maintenance ends {}", whose(serviceId));
          }
        });
  }

  private String whose(String serviceId) {
    return serviceId.isEmpty()
        ? "node=" + identity.nodeName()
        : "service=" + Quoted.printable(serviceId);
  }

  CompletableFuture<Void> registerCheck(CheckRegistration registration) {
    return onThread(
        () -> {
          CheckType definition = registration.definition();
          if (definition.getName().isEmpty()) {
            throw Problems.invalid("Missing check name");
          }
          if (!definition.getStatus().isEmpty() && !ServiceRules.isStatus(definition.getStatus())) {
            throw Problems.invalid("Bad check status");
          }
          ServiceRules.checkDefinition(definition);
          AgentCheck check =
              CheckRows.single(
                  identity.nodeName(), serviceOf(registration.serviceId()), definition);
          change(registry.with(definition.getStatus().isEmpty() ? keepVerdict(check) : check));
        });
  }

  CompletableFuture<Void> deregisterCheck(String id) {
    return onThread(
        () -> {
          check(id);
          change(registry.withoutChecks(each -> each.getRow().getCheckId().equals(id)));
        });
  }

  CompletableFuture<Void> updateCheck(String id, String status, String output) {
    return onThread(
        () -> {
          if (!ServiceRules.isStatus(status)) {
            throw Problems.invalid("Invalid check status: '" + status + "'");
          }
          AgentCheck check = check(id);
          if (CheckKind.of(check) != CheckKind.TTL) {
            throw Problems.refused("CheckID \"" + id + "\" does not have associated TTL");
          }
          report(id, new Verdict(status, bounded(check.getDefinition(), output)));
          runner.touch(check(id));
        });
  }

  @Override
  public void close() {
    thread.execute(runner::close);
  }

  private CompletableFuture<Void> onThread(Runnable change) {
    return CompletableFuture.runAsync(change, thread);
  }

  private AgentService service(String id) {
    AgentService service = registry.services().get(id);
    if (service == null) {
      throw Problems.unknown(
          "Unknown service ID \""
              + id
              + "\". Ensure that the service ID is passed, not the service name.");
    }
    return service;
  }

  private AgentCheck check(String id) {
    AgentCheck check = registry.checks().get(id);
    if (check == null) {
      throw Problems.unknown(
          "Unknown check ID \""
              + id
              + "\". Ensure that the check ID is passed, not the check name.");
    }
    return check;
  }

  private NodeService serviceOf(String id) {
    if (id.isEmpty()) {
      return NodeService.getDefaultInstance();
    }
    AgentService service = registry.services().get(id);
    if (service == null) {
      throw Problems.unknown("ServiceID \"" + id + "\" does not exist");
    }
    return service.getRow();
  }

  private static Predicate<AgentCheck> othersOf(ServiceExpansion expansion) {
    Set<String> services =
        expansion.services().stream()
            .map(service -> service.getRow().getId())
            .collect(Collectors.toSet());
    Set<String> kept =
        expansion.checks().stream()
            .map(check -> check.getRow().getCheckId())
            .collect(Collectors.toSet());
    return check ->
        services.contains(check.getRow().getServiceId())
            && !kept.contains(check.getRow().getCheckId());
  }

  /** A registration repeated does not forget what is known of its checks. */
  private AgentCheck keepVerdict(AgentCheck check) {
    AgentCheck old = registry.checks().get(check.getRow().getCheckId());
    if (old == null || !old.getRow().getServiceId().equals(check.getRow().getServiceId())) {
      return check;
    }
    AgentCheck.Builder kept = check.toBuilder();
    kept.getRowBuilder().setStatus(old.getRow().getStatus()).setOutput(old.getRow().getOutput());
    return kept.build();
  }

  /** Checks that were registered by themselves follow the name and tags of their service. */
  private static LocalRegistry retag(LocalRegistry now, ServiceExpansion expansion) {
    for (AgentService service : expansion.services()) {
      NodeService row = service.getRow();
      for (AgentCheck check : now.checksOf(row.getId())) {
        AgentCheck.Builder same = check.toBuilder();
        same.getRowBuilder()
            .setServiceName(row.getService())
            .clearServiceTags()
            .addAllServiceTags(row.getTagsList());
        now = now.with(same.build());
      }
    }
    return now;
  }

  private void change(LocalRegistry now) {
    LocalRegistry old = registry;
    files.replace(old, now);
    adopt(old, now, true);
    changed.run();
  }

  private void adopt(LocalRegistry old, LocalRegistry now, boolean isFresh) {
    registry = now;
    Set<String> gone = new HashSet<>(old.checks().keySet());
    gone.removeAll(now.checks().keySet());
    gone.forEach(runner::stop);
    for (AgentCheck check : now.checks().values()) {
      AgentCheck before = old.checks().get(check.getRow().getCheckId());
      if (before == null || !before.getDefinition().equals(check.getDefinition())) {
        runner.start(check, isFresh);
      }
    }
    followAliases();
    watchers.values().forEach(Runnable::run);
  }

  /** A verdict of a probe, of a client or of time. */
  private void report(String id, Verdict verdict) {
    AgentCheck check = registry.checks().get(id);
    if (check == null) {
      return;
    }
    boolean turned = !check.getRow().getStatus().equals(verdict.status());
    registry = registry.with(with(check, verdict));
    if (followAliases() || turned) {
      changed.run();
    }
  }

  private boolean followAliases() {
    Map<String, Verdict> changes = AliasRules.changes(identity.nodeName(), registry);
    boolean turned = false;
    for (Map.Entry<String, Verdict> each : changes.entrySet()) {
      AgentCheck check = check(each.getKey());
      turned |= !check.getRow().getStatus().equals(each.getValue().status());
      registry = registry.with(with(check, each.getValue()));
    }
    return turned;
  }

  private static AgentCheck with(AgentCheck check, Verdict verdict) {
    AgentCheck.Builder next = check.toBuilder();
    next.getRowBuilder().setStatus(verdict.status()).setOutput(verdict.output());
    return next.build();
  }

  private static String bounded(CheckType definition, String output) {
    int max = CheckRunner.outputMax(definition);
    if (output.length() <= max) {
      return output;
    }
    return output.substring(0, max)
        + " ... (captured "
        + max
        + " of "
        + output.length()
        + " bytes)";
  }
}
