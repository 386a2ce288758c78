package io.hanse.fsm.config;

import static io.hanse.fsm.config.Findings.invalid;

import io.hanse.fsm.row.ConfigEntry;
import io.hanse.fsm.row.RouteDestination;
import io.hanse.fsm.row.RouteHeaderMatch;
import io.hanse.fsm.row.RouteHttpMatch;
import io.hanse.fsm.row.RouteQueryMatch;
import io.hanse.fsm.row.ServiceRoute;
import io.hanse.fsm.row.ServiceRouter;
import java.util.List;
import java.util.Set;

/** What a service-router entry fills in and may say. */
final class ServiceRouterRules {
  private static final Set<String> RETRY_CONDITIONS =
      Set.of(
          "5xx",
          "gateway-error",
          "reset",
          "connect-failure",
          "envoy-ratelimited",
          "retriable-4xx",
          "refused-stream",
          "cancelled",
          "deadline-exceeded",
          "internal",
          "resource-exhausted",
          "unavailable");

  private ServiceRouterRules() {}

  static ConfigEntry normalise(ConfigEntry entry) {
    ServiceRouter.Builder router = entry.getServiceRouter().toBuilder();
    for (ServiceRoute.Builder route : router.getRoutesBuilderList()) {
      if (route.getMatch().hasHttp()) {
        RouteHttpMatch.Builder http = route.getMatchBuilder().getHttpBuilder();
        List<String> methods = HttpMethods.upper(http.getMethodsList());
        http.clearMethods().addAllMethods(methods);
      }
      if (Durations.isZero(route.getDestination().getRequestTimeout())
          && route.getDestination().hasRequestTimeout()) {
        route.getDestinationBuilder().clearRequestTimeout();
      }
      if (Durations.isZero(route.getDestination().getIdleTimeout())
          && route.getDestination().hasIdleTimeout()) {
        route.getDestinationBuilder().clearIdleTimeout();
      }
    }
    return entry.toBuilder().setServiceRouter(router).build();
  }

  static void validate(ConfigEntry entry) {
    Names.require(entry);
    MetaRules.requireLax(entry.getMetaMap());
    for (int i = 0; i < entry.getServiceRouter().getRoutesCount(); i++) {
      ServiceRoute route = entry.getServiceRouter().getRoutes(i);
      String where = "Route[" + i + "]";
      RouteHttpMatch http = route.getMatch().getHttp();
      validate(http, where);
      boolean hasPath = !http.getPathExact().isEmpty() || !http.getPathPrefix().isEmpty();
      validate(route.getDestination(), hasPath, where);
    }
  }

  private static void validate(RouteHttpMatch http, String where) {
    requireSlash(http.getPathExact(), where + " PathExact");
    requireSlash(http.getPathPrefix(), where + " PathPrefix");
    if (filled(http.getPathExact(), http.getPathPrefix(), http.getPathRegex()) > 1) {
      throw invalid(
          where + " should only contain at most one of PathExact, PathPrefix, or PathRegex");
    }
    for (int j = 0; j < http.getHeaderCount(); j++) {
      validate(http.getHeader(j), where + " Header[" + j + "]");
    }
    for (int j = 0; j < http.getQueryParamCount(); j++) {
      validate(http.getQueryParam(j), where + " QueryParam[" + j + "]");
    }
    HttpMethods.require(http.getMethodsList(), where + " Methods");
  }

  private static void validate(RouteHeaderMatch header, String where) {
    requireName(header.getName(), where);
    int ways =
        filled(header.getExact(), header.getPrefix(), header.getSuffix(), header.getRegex())
            + (header.getPresent() ? 1 : 0);
    if (ways != 1) {
      throw invalid(where + " should only contain one of Present, Exact, Prefix, Suffix, or Regex");
    }
  }

  private static void validate(RouteQueryMatch query, String where) {
    requireName(query.getName(), where);
    if (filled(query.getExact(), query.getRegex()) + (query.getPresent() ? 1 : 0) != 1) {
      throw invalid(where + " should only contain one of Present, Exact, or Regex");
    }
  }

  private static void validate(RouteDestination destination, boolean hasPath, String where) {
    Tenancy.require(where + " ", destination.getPartition(), destination.getNamespace());
    if (!destination.getPrefixRewrite().isEmpty() && !hasPath) {
      throw invalid(
          where
              + " cannot make use of PrefixRewrite without configuring either PathExact or"
              + " PathPrefix");
    }
    for (String condition : destination.getRetryOnList()) {
      if (!RETRY_CONDITIONS.contains(condition)) {
        throw invalid(where + " contains an invalid retry condition: \"" + condition + "\"");
      }
    }
  }

  private static void requireName(String name, String where) {
    if (name.isEmpty()) {
      throw invalid(where + " missing required Name field");
    }
  }

  private static void requireSlash(String path, String where) {
    if (!path.isEmpty() && !path.startsWith("/")) {
      throw invalid(where + " doesn't start with '/': \"" + path + "\"");
    }
  }

  private static int filled(String... texts) {
    return (int) List.of(texts).stream().filter(text -> !text.isEmpty()).count();
  }
}
