package io.hanse.fsm.chain;

import static io.hanse.fsm.chain.RouteConditions.FALSE;
import static io.hanse.fsm.chain.RouteConditions.TRUE;
import static io.hanse.fsm.chain.RouteConditions.WHOLE;

import io.hanse.fsm.chain.ChainCompiler.Compilation;
import io.hanse.fsm.config.ConfigEntryKind;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.row.ApiGatewayListener;
import io.hanse.fsm.row.ConfigEntry;
import io.hanse.fsm.row.EntryCondition;
import io.hanse.fsm.row.EntryReference;
import io.hanse.fsm.row.EntryStatus;
import io.hanse.fsm.row.HttpRouteRule;
import io.hanse.fsm.row.HttpRouteService;
import io.hanse.fsm.row.TcpRouteService;
import io.hanse.fsm.store.Rows;
import io.hanse.fsm.view.ConfigEntries;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Works out to which listeners of API gateways routes are bound, and says so in the status of both.
 * It is kept nowhere: what depends on rows alone is right whenever it is read.
 */
public final class RouteBinding {
  private static final String HTTP = "http";
  private static final String TCP = "tcp";

  /** Chains are compiled for their faults only: where and for whom makes no difference. */
  private static final String ANY_DATACENTER = "dc1";

  private static final String ANY_DOMAIN = "consul.domain";

  private final Rows rows;
  private final ConfigEntries entries;

  /** Of the routes that were looked at. */
  private final Map<String, EntryCondition> acceptances = new TreeMap<>();

  public RouteBinding(Rows rows) {
    this.rows = rows;
    entries = new ConfigEntries(rows);
  }

  /** The entry as it is to be shown: with its status, where it is of a kind that has one. */
  public ConfigEntry shown(ConfigEntry entry) {
    ConfigEntry.Builder shown = entry.toBuilder();
    switch (entry.getContentCase()) {
      case API_GATEWAY -> shown.getApiGatewayBuilder().setStatus(ofGateway(entry));
      case HTTP_ROUTE -> shown.getHttpRouteBuilder().setStatus(ofRoute(entry));
      case TCP_ROUTE -> shown.getTcpRouteBuilder().setStatus(ofRoute(entry));
      default -> {
        return entry;
      }
    }
    return shown.build();
  }

  private EntryStatus ofGateway(ConfigEntry gateway) {
    RouteConditions conditions = new RouteConditions();
    for (ApiGatewayListener listener : gateway.getApiGateway().getListenersList()) {
      EntryReference here = RouteConditions.listener(gateway.getName(), listener.getName());
      Optional<String> missing = missingCertificate(listener);
      conditions.set(
          missing.isEmpty()
              ? RouteConditions.condition(
                  "ResolvedRefs", TRUE, "ResolvedRefs", "resolved refs", here)
              : RouteConditions.condition(
                  "ResolvedRefs",
                  FALSE,
                  "InvalidCertificateRef",
                  "certificate \"" + missing.get() + "\" not found",
                  here));
      conditions.set(
          isInConflict(gateway, listener)
              ? RouteConditions.condition(
                  "Conflicted",
                  TRUE,
                  "RouteConflict",
                  "TCP-based listeners currently only support binding a single route",
                  here)
              : RouteConditions.condition(
                  "Conflicted", FALSE, "NoConflict", "listener has no route conflicts", here));
    }
    conditions.set(
        isAccepted(gateway)
            ? RouteConditions.condition("Accepted", TRUE, "Accepted", "gateway is valid", WHOLE)
            : RouteConditions.condition(
                "Accepted",
                FALSE,
                "InvalidCertificates",
                "gateway references invalid certificates",
                WHOLE));
    return conditions.status();
  }

  private boolean isAccepted(ConfigEntry gateway) {
    return gateway.getApiGateway().getListenersList().stream()
        .allMatch(listener -> missingCertificate(listener).isEmpty());
  }

  /** The last one that is missing. */
  private Optional<String> missingCertificate(ApiGatewayListener listener) {
    return listener.getTls().getCertificatesList().stream()
        .filter(one -> entries.entry(one.getKind(), one.getName()).isEmpty())
        .map(EntryReference::getName)
        .reduce((first, second) -> second);
  }

  private boolean isInConflict(ConfigEntry gateway, ApiGatewayListener listener) {
    if (!listener.getProtocol().equals(TCP)) {
      return false;
    }
    long bound =
        entries.routesOf(gateway.getName()).stream()
            .filter(
                route ->
                    parents(route).stream()
                        .filter(parent -> isParent(gateway, parent))
                        .anyMatch(parent -> isBound(gateway, listener, route, parent)))
            .count();
    return bound > 1;
  }

  private static List<EntryReference> parents(ConfigEntry route) {
    return route.hasHttpRoute()
        ? route.getHttpRoute().getParentsList()
        : route.getTcpRoute().getParentsList();
  }

  private static boolean isParent(ConfigEntry gateway, EntryReference parent) {
    return (parent.getKind().isEmpty() || parent.getKind().equals(gateway.getKind()))
        && parent.getName().equals(gateway.getName());
  }

  private static String protocol(ConfigEntry route) {
    return route.hasHttpRoute() ? HTTP : TCP;
  }

  private EntryStatus ofRoute(ConfigEntry route) {
    RouteConditions conditions = new RouteConditions();
    conditions.set(acceptance(route));
    for (EntryReference parent : parents(route)) {
      Optional<ConfigEntry> gateway =
          parent.getKind().isEmpty()
                  || parent.getKind().equals(ConfigEntryKind.API_GATEWAY.wireName())
              ? entries.entry(ConfigEntryKind.API_GATEWAY, parent.getName())
              : Optional.empty();
      if (gateway.isEmpty()) {
        conditions.set(
            RouteConditions.condition(
                "Bound", FALSE, "GatewayNotFound", "gateway was not found", parent));
        continue;
      }
      Optional<String> fault = faultOf(gateway.get(), route, parent);
      conditions.set(
          fault.isEmpty()
              ? RouteConditions.condition(
                  "Bound", TRUE, "Bound", "successfully bound route", parent)
              : RouteConditions.condition("Bound", FALSE, "FailedToBind", fault.get(), parent));
    }
    return conditions.status();
  }

  private EntryCondition acceptance(ConfigEntry route) {
    return acceptances.computeIfAbsent(
        route.getKind() + "/" + route.getName(), key -> decidedBy(route));
  }

  /** The last of the services decides. */
  private EntryCondition decidedBy(ConfigEntry route) {
    EntryCondition decided =
        RouteConditions.condition(
            "Accepted",
            FALSE,
            "NoUpstreamServicesTargeted",
            "route must target at least one upstream service",
            WHOLE);
    for (String service : services(route)) {
      Optional<String> fault = faultOfChain(service, protocol(route));
      decided =
          fault.isEmpty()
              ? RouteConditions.condition("Accepted", TRUE, "Accepted", "route is valid", WHOLE)
              : RouteConditions.condition(
                  "Accepted", FALSE, "InvalidDiscoveryChain", fault.get(), WHOLE);
    }
    return decided;
  }

  private static List<String> services(ConfigEntry route) {
    return route.hasHttpRoute()
        ? route.getHttpRoute().getRulesList().stream()
            .map(HttpRouteRule::getServicesList)
            .flatMap(List::stream)
            .map(HttpRouteService::getName)
            .toList()
        : route.getTcpRoute().getServicesList().stream().map(TcpRouteService::getName).toList();
  }

  private Optional<String> faultOfChain(String service, String protocol) {
    try {
      Compilation chain =
          ChainCompiler.compile(rows, ChainRequest.of(service, ANY_DATACENTER, ANY_DOMAIN));
      return chain.chain().getProtocol().equals(protocol)
          ? Optional.empty()
          : Optional.of("route protocol does not match targeted service protocol");
    } catch (ProblemException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /** Why the route is not bound where it wants to be. */
  private Optional<String> faultOf(ConfigEntry gateway, ConfigEntry route, EntryReference parent) {
    Optional<String> fault = Optional.empty();
    boolean isBound = false;
    for (ApiGatewayListener listener : gateway.getApiGateway().getListenersList()) {
      Optional<String> here = faultOf(gateway, listener, route, parent);
      fault = here.isPresent() ? here : fault;
      isBound |= isBound(gateway, listener, route, parent);
    }
    return isBound || fault.isPresent()
        ? fault
        : Optional.of(
            "failed to bind route "
                + route.getName()
                + " to gateway "
                + gateway.getName()
                + " with listener '"
                + parent.getSectionName()
                + "'");
  }

  private boolean isBound(
      ConfigEntry gateway, ApiGatewayListener listener, ConfigEntry route, EntryReference parent) {
    return isMeant(listener, parent)
        && listener.getProtocol().equals(protocol(route))
        && faultOf(gateway, listener, route, parent).isEmpty();
  }

  private static boolean isMeant(ApiGatewayListener listener, EntryReference parent) {
    return parent.getSectionName().isEmpty() || parent.getSectionName().equals(listener.getName());
  }

  private Optional<String> faultOf(
      ConfigEntry gateway, ApiGatewayListener listener, ConfigEntry route, EntryReference parent) {
    if (!isMeant(listener, parent)) {
      return Optional.empty();
    }
    String failed = "failed to bind route to gateway " + gateway.getName() + ": ";
    if (!isAccepted(gateway)) {
      return Optional.of(failed + "gateway has not been accepted");
    }
    if (acceptance(route).getStatus().equals(FALSE)) {
      return Optional.of(failed + "route has not been accepted");
    }
    if (route.hasHttpRoute()
        && !sharesHostname(listener, route.getHttpRoute().getHostnamesList())) {
      return Optional.of(
          failed
              + "listener "
              + listener.getName()
              + " is does not have any hostnames that match the route");
    }
    boolean isOfOther = !listener.getProtocol().equals(protocol(route));
    return isOfOther && !parent.getSectionName().isEmpty()
        ? Optional.of(
            "failed to bind route "
                + route.getName()
                + " to gateway "
                + gateway.getName()
                + ": listener "
                + listener.getName()
                + " is not a "
                + protocol(route)
                + " listener")
        : Optional.empty();
  }

  /** A route that names no host takes those of the listener, whatever they are. */
  private static boolean sharesHostname(ApiGatewayListener listener, List<String> ofRoute) {
    String own = listener.getHostname();
    if (ofRoute.isEmpty() || own.isEmpty() || own.equals("*")) {
      return true;
    }
    return own.contains("*")
        ? ofRoute.stream().anyMatch(name -> name.endsWith(own.replaceFirst("^\\*?\\.?", "")))
        : ofRoute.contains(own);
  }
}
