package io.hanse.fsm.config;

import static io.hanse.fsm.config.Findings.invalid;

import com.google.protobuf.Duration;
import io.hanse.fsm.row.ConfigEntry;
import io.hanse.fsm.row.EntryReference;
import io.hanse.fsm.row.HttpFilters;
import io.hanse.fsm.row.HttpMatch;
import io.hanse.fsm.row.HttpPathMatch;
import io.hanse.fsm.row.HttpRoute;
import io.hanse.fsm.row.HttpRouteMatch;
import io.hanse.fsm.row.HttpRouteRule;
import io.hanse.fsm.row.HttpRouteService;
import io.hanse.fsm.row.TcpRoute;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What http-route and tcp-route entries fill in and may say. */
final class GatewayRouteRules {
  private static final String API_GATEWAY = "api-gateway";
  private static final String EXACT = "exact";
  private static final String PREFIX = "prefix";
  private static final String REGEX = "regex";
  private static final Set<String> OF_QUERY = Set.of(EXACT, "present", REGEX);
  private static final Set<String> OF_HEADER = Set.of(EXACT, PREFIX, REGEX, "suffix", "present");

  private GatewayRouteRules() {}

  static ConfigEntry normaliseHttp(ConfigEntry entry) {
    HttpRoute.Builder route = entry.getHttpRoute().toBuilder();
    route.getParentsBuilderList().forEach(GatewayRouteRules::normalise);
    for (HttpRouteRule.Builder rule : route.getRulesBuilderList()) {
      if (rule.hasFilters()) {
        normalise(rule.getFiltersBuilder());
      }
      for (HttpRouteMatch.Builder match : rule.getMatchesBuilderList()) {
        match.setMethod(match.getMethod().toUpperCase(Locale.ROOT));
        if (match.getPath().getMatch().isEmpty()) {
          match.setPath(HttpPathMatch.newBuilder().setMatch(PREFIX).setValue("/"));
        }
      }
      for (HttpRouteService.Builder service : rule.getServicesBuilderList()) {
        service.setWeight(Math.max(1, service.getWeight()));
        if (service.hasFilters()) {
          normalise(service.getFiltersBuilder());
        }
      }
    }
    return entry.toBuilder().setHttpRoute(route).build();
  }

  static ConfigEntry normaliseTcp(ConfigEntry entry) {
    TcpRoute.Builder route = entry.getTcpRoute().toBuilder();
    route.getParentsBuilderList().forEach(GatewayRouteRules::normalise);
    return entry.toBuilder().setTcpRoute(route).build();
  }

  private static void normalise(EntryReference.Builder parent) {
    if (parent.getKind().isEmpty()) {
      parent.setKind(API_GATEWAY);
    }
  }

  /** Both time-outs are printed when one is set. */
  private static void normalise(HttpFilters.Builder filters) {
    if (!filters.hasTimeoutFilter()) {
      return;
    }
    if (!filters.getTimeoutFilter().hasRequestTimeout()) {
      filters.getTimeoutFilterBuilder().setRequestTimeout(Duration.getDefaultInstance());
    }
    if (!filters.getTimeoutFilter().hasIdleTimeout()) {
      filters.getTimeoutFilterBuilder().setIdleTimeout(Duration.getDefaultInstance());
    }
  }

  static void validateHttp(ConfigEntry entry) {
    Names.require(entry);
    HttpRoute route = entry.getHttpRoute();
    for (String host : route.getHostnamesList()) {
      if (!HostNames.isDomainName(host)) {
        throw invalid("host \"" + host + "\" must be a valid DNS hostname");
      }
      if (host.contains("*")) {
        throw invalid("host \"" + host + "\" must not be a wildcard");
      }
    }
    requireParents(route.getParentsList());
    MetaRules.requireLax(entry.getMetaMap());
    for (int i = 0; i < route.getRulesCount(); i++) {
      for (int j = 0; j < route.getRules(i).getMatchesCount(); j++) {
        validate(route.getRules(i).getMatches(j), "Rule[" + i + "], Match[" + j + "], ");
      }
    }
  }

  static void validateTcp(ConfigEntry entry) {
    Names.require(entry);
    TcpRoute route = entry.getTcpRoute();
    if (route.getServicesCount() > 1) {
      throw invalid("tcp-route currently only supports one service");
    }
    requireParents(route.getParentsList());
    MetaRules.requireLax(entry.getMetaMap());
  }

  private static void requireParents(List<EntryReference> parents) {
    Set<EntryReference> seen = new LinkedHashSet<>();
    for (EntryReference parent : parents) {
      if (!parent.getKind().equals(API_GATEWAY)) {
        throw invalid(
            "unsupported parent kind: \"" + parent.getKind() + "\", must be 'api-gateway'");
      }
      if (!seen.add(parent)) {
        throw invalid("route parents must be unique");
      }
    }
  }

  private static void validate(HttpRouteMatch match, String where) {
    String method = match.getMethod();
    if (!method.isEmpty() && !HttpMethods.isKnown(method)) {
      throw invalid(where + "Method contains an invalid method \"" + method + "\"");
    }
    for (int k = 0; k < match.getQueryCount(); k++) {
      requireWay(
          match.getQuery(k), OF_QUERY, "present, exact, or regex", where + "Query[" + k + "], ");
    }
    for (int k = 0; k < match.getHeadersCount(); k++) {
      requireWay(
          match.getHeaders(k),
          OF_HEADER,
          "present, exact, prefix, suffix, or regex",
          where + "Headers[" + k + "], ");
    }
    String way = match.getPath().getMatch();
    if (!Set.of(EXACT, PREFIX, REGEX).contains(way)) {
      throw invalid(where + "Path, match type should be one of exact, prefix, or regex");
    }
    if (!way.equals(REGEX) && !match.getPath().getValue().startsWith("/")) {
      throw invalid(
          where
              + "Path, "
              + way
              + " type match doesn't start with '/': \""
              + match.getPath().getValue()
              + "\"");
    }
  }

  private static void requireWay(HttpMatch match, Set<String> ways, String list, String where) {
    if (match.getName().isEmpty()) {
      throw invalid(where + "missing required Name field");
    }
    if (!ways.contains(match.getMatch())) {
      throw invalid(where + "match type should be one of " + list);
    }
  }
}
