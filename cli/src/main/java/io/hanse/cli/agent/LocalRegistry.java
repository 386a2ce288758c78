package io.hanse.cli.agent;

import io.hanse.fsm.row.AgentCheck;
import io.hanse.fsm.row.AgentService;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * All that is registered with this agent, at one moment. Immutable; each change makes a new one.
 */
record LocalRegistry(
    SortedMap<String, AgentService> services, SortedMap<String, AgentCheck> checks) {
  static final LocalRegistry EMPTY = new LocalRegistry(new TreeMap<>(), new TreeMap<>());

  LocalRegistry {
    services = Collections.unmodifiableSortedMap(services);
    checks = Collections.unmodifiableSortedMap(checks);
  }

  LocalRegistry with(AgentService service) {
    SortedMap<String, AgentService> all = new TreeMap<>(services);
    all.put(service.getRow().getId(), service);
    return new LocalRegistry(all, checks);
  }

  LocalRegistry with(AgentCheck check) {
    SortedMap<String, AgentCheck> all = new TreeMap<>(checks);
    all.put(check.getRow().getCheckId(), check);
    return new LocalRegistry(services, all);
  }

  /** Without the service and its checks. */
  LocalRegistry withoutService(String id) {
    SortedMap<String, AgentService> left = new TreeMap<>(services);
    left.remove(id);
    return new LocalRegistry(left, checks)
        .withoutChecks(check -> check.getRow().getServiceId().equals(id));
  }

  LocalRegistry withoutChecks(Predicate<AgentCheck> which) {
    SortedMap<String, AgentCheck> left = new TreeMap<>(checks);
    left.values().removeIf(which);
    return new LocalRegistry(services, left);
  }

  List<AgentCheck> checksOf(String serviceId) {
    return checks.values().stream()
        .filter(check -> check.getRow().getServiceId().equals(serviceId))
        .toList();
  }

  /** The services that this one brought along. */
  List<AgentService> sidecarsOf(String serviceId) {
    return services.values().stream()
        .filter(service -> service.getParentId().equals(serviceId))
        .toList();
  }
}
