package io.hanse.fsm.config;

import io.hanse.fsm.row.ConfigEntry;
import io.hanse.fsm.row.FailoverTarget;
import io.hanse.fsm.row.IngressListener;
import io.hanse.fsm.row.IngressService;
import io.hanse.fsm.row.LinkedService;
import io.hanse.fsm.row.ResolverFailover;
import io.hanse.fsm.row.ServiceResolver;
import io.hanse.fsm.row.ServiceRoute;
import io.hanse.fsm.row.ServiceSplit;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which services an entry leads to: a change of what is said about one of them may make the entry
 * wrong. Names at peers count too, for entries of this cluster about the same name hold for them.
 */
public final class EntryLinks {
  /** In place of a name: all of them. */
  public static final String WILDCARD = "*";

  private EntryLinks() {}

  /** Their names as they are written, sorted; none for kinds that lead nowhere. */
  public static Set<String> services(ConfigEntry entry) {
    Set<String> names = new TreeSet<>();
    switch (entry.getContentCase()) {
      case SERVICE_ROUTER ->
          entry.getServiceRouter().getRoutesList().stream()
              .map(ServiceRoute::getDestination)
              .forEach(destination -> names.add(destination.getService()));
      case SERVICE_SPLITTER ->
          entry.getServiceSplitter().getSplitsList().stream()
              .map(ServiceSplit::getService)
              .forEach(names::add);
      case SERVICE_RESOLVER -> addAll(entry.getServiceResolver(), names);
      case INGRESS_GATEWAY ->
          entry.getIngressGateway().getListenersList().stream()
              .map(IngressListener::getServicesList)
              .forEach(list -> list.stream().map(IngressService::getName).forEach(names::add));
      default -> {}
    }
    names.remove("");
    names.remove(WILDCARD);
    return Collections.unmodifiableSet(names);
  }

  /** The names that an ingress or a terminating gateway has behind it, an asterisk among them. */
  public static Set<String> gatewayServices(ConfigEntry entry) {
    Set<String> names = new TreeSet<>();
    entry.getIngressGateway().getListenersList().stream()
        .map(IngressListener::getServicesList)
        .forEach(list -> list.stream().map(IngressService::getName).forEach(names::add));
    entry.getTerminatingGateway().getServicesList().stream()
        .map(LinkedService::getName)
        .forEach(names::add);
    return Collections.unmodifiableSet(names);
  }

  /** The names of the API gateways that a route wants to be bound to. */
  public static Set<String> apiGateways(ConfigEntry entry) {
    Set<String> names = new TreeSet<>();
    entry.getHttpRoute().getParentsList().forEach(parent -> names.add(parent.getName()));
    entry.getTcpRoute().getParentsList().forEach(parent -> names.add(parent.getName()));
    return Collections.unmodifiableSet(names);
  }

  private static void addAll(ServiceResolver resolver, Set<String> names) {
    names.add(resolver.getRedirect().getService());
    for (ResolverFailover failover : resolver.getFailoverMap().values()) {
      names.add(failover.getService());
      failover.getTargetsList().stream().map(FailoverTarget::getService).forEach(names::add);
    }
  }
}
