package io.hanse.gateway;

import io.hanse.gateway.admin.Introspection;
import io.hanse.gateway.admin.JsonText;
import io.hanse.gateway.admin.MetricsText;
import io.hanse.gateway.feed.ProxySnapshot;
import io.hanse.gateway.relay.AccessLog;
import io.hanse.gateway.relay.CloseReason;
import io.hanse.gateway.relay.Refusals;
import io.hanse.gateway.relay.RelayLoops;
import io.hanse.gateway.relay.RelayMetrics;
import io.hanse.gateway.route.EndpointPicker;
import io.hanse.gateway.route.Target;
import io.hanse.identity.Leaf;
import io.hanse.peering.proto.Endpoint;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** What a running proxy says of itself, to people and to machines. */
final class ProxyReport implements Introspection {
  /** Series of single routes beyond it would cost the collector more than they tell. */
  private static final int ROUTES_MAX = 1000;

  private static final double NANOS = 1e9;
  private static final List<CloseReason> SNIFF_FAILURES =
      List.of(
          CloseReason.BAD_HELLO,
          CloseReason.NO_SNI,
          CloseReason.HELLO_TOO_LARGE,
          CloseReason.HELLO_TIMEOUT);

  private final String kind;
  private final ProxyRuntime runtime;
  private final Supplier<Collection<Target>> targets;
  private final Supplier<Optional<Leaf>> leaf;

  ProxyReport(
      String kind,
      ProxyRuntime runtime,
      Supplier<Collection<Target>> targets,
      Supplier<Optional<Leaf>> leaf) {
    this.kind = kind;
    this.runtime = runtime;
    this.targets = targets;
    this.leaf = leaf;
  }

  @Override
  public boolean isReady() {
    return runtime.isReady();
  }

  @Override
  public List<String> accessLog() {
    return runtime.relays().log().recent().stream().map(AccessLog.Entry::line).toList();
  }

  @Override
  public void status(JsonText json) {
    json.put("kind", kind)
        .put("proxy_id", runtime.settings().proxyId())
        .put("ready", isReady())
        .put("relay", "channel")
        .put("transport", runtime.relays().transport().name())
        .put("open_connections", runtime.relays().openCount())
        .object("config", this::config)
        .list(
            "listeners",
            runtime.listeners().entrySet(),
            (listener, item) ->
                item.put("name", listener.getKey())
                    .put("address", listener.getValue().address().toString()))
        .list("routes", targets.get(), ProxyReport::route)
        .list("refused", runtime.relays().metrics().refusals().newest(), ProxyReport::refused);
    leaf.get()
        .ifPresent(
            present ->
                json.object(
                    "certificate",
                    item ->
                        item.put("uri", present.id().uri())
                            .put("serial", present.serialNumber())
                            .put("expires", present.validBefore().toString())));
  }

  private void config(JsonText json) {
    json.put("age_ms", runtime.feed().ageMillis()).put("server", runtime.feed().server());
    Optional<ProxySnapshot> latest = runtime.latest();
    json.put("index", latest.map(ProxySnapshot::index).orElse(0L));
    latest.ifPresent(
        known ->
            json.put("cluster_id", known.config().getClusterId())
                .put("trust_domain", known.config().getTrustDomain())
                .put("datacenter", known.config().getDatacenter())
                .put("intentions", known.intentions().getRulesCount())
                .put("trust_bundles", known.bundles().size()));
  }

  private static void route(Target target, JsonText json) {
    json.put("name", target.name())
        .put("service", target.service())
        .put("peer", target.peer())
        .put("open", target.usage().open())
        .put("connections", target.usage().connections())
        .put("connect_failures", target.usage().connectFailures())
        .put("ejected", target.picker().ejectedCount())
        .list("endpoints", target.picker().endpoints(), ProxyReport::endpoint);
  }

  private static void refused(Refusals.Refusal refusal, JsonText json) {
    json.put("requested_server_name", refusal.serverName())
        .put("caller", refusal.caller())
        .put("reason", refusal.reason().label())
        .put("detail", refusal.detail())
        .put("count", refusal.count())
        .put("last", Instant.ofEpochMilli(refusal.lastMillis()).toString());
  }

  private static void endpoint(Endpoint endpoint, JsonText json) {
    json.put("address", endpoint.getAddress() + ":" + endpoint.getPort())
        .put("healthy", endpoint.getHealthy())
        .put("weight", endpoint.getWeight())
        .put("node", endpoint.getNode())
        .put("service_id", endpoint.getServiceId());
  }

  @Override
  public void metrics(MetricsText metrics) {
    RelayLoops relays = runtime.relays();
    RelayMetrics counted = relays.metrics();
    metrics.family("gateway_connections", "counter", "Connections that ended, by how.");
    for (CloseReason reason : CloseReason.values()) {
      metrics.value("gateway_connections", counted.count(reason), "result", reason.label());
    }
    metrics.family("gateway_sniff_failures", "counter", "Clients that named no server.");
    for (CloseReason reason : SNIFF_FAILURES) {
      metrics.value("gateway_sniff_failures", counted.count(reason), "reason", reason.label());
    }
    metrics
        .family("gateway_open", "gauge", "Connections that are open.")
        .value("gateway_open", relays.openCount())
        .family("gateway_held_bytes", "gauge", "Bytes of clients that are not connected yet.")
        .value("gateway_held_bytes", relays.heldBytes());
    metrics.family("gateway_loop_connections", "gauge", "Connections that are open, by loop.");
    int loop = 0;
    for (int open : relays.openCounts()) {
      metrics.value("gateway_loop_connections", open, "loop", Integer.toString(loop++));
    }
    summary(metrics, "gateway_hello_seconds", counted.hellos(), counted.helloNanos());
    metrics
        .family("gateway_tls_handshakes", "counter", "Handshakes in either direction.")
        .value("gateway_tls_handshakes", counted.handshakes(), "provider", "jdk", "result", "ok")
        .value(
            "gateway_tls_handshakes",
            counted.handshakesFailed(),
            "provider",
            "jdk",
            "result",
            "failed");
    metrics
        .family("gateway_log_dropped", "counter", "Lines that the access log had no room for.")
        .value("gateway_log_dropped", relays.log().dropped());
    metrics
        .family("gateway_config_age_seconds", "gauge", "Since a server last said anything.")
        .value("gateway_config_age_seconds", runtime.feed().ageMillis() / 1000.0)
        .family("gateway_config_index", "gauge", "Index of the configuration.")
        .value("gateway_config_index", runtime.latest().map(ProxySnapshot::index).orElse(0L));
    leaf.get().ifPresent(present -> certificate(metrics, present));
    routes(metrics);
  }

  private static void certificate(MetricsText metrics, Leaf leaf) {
    long seconds = leaf.validBefore().getEpochSecond() - Instant.now().getEpochSecond();
    metrics
        .family("gateway_certificate_expiry_seconds", "gauge", "Until the own leaf expires.")
        .value("gateway_certificate_expiry_seconds", seconds);
  }

  private void routes(MetricsText metrics) {
    List<Target> busiest =
        targets.get().stream()
            .sorted(Comparator.comparingLong(each -> -each.usage().connections()))
            .limit(ROUTES_MAX)
            .toList();
    metrics.family("gateway_bytes", "counter", "Bytes relayed.");
    for (Target each : busiest) {
      metrics
          .value("gateway_bytes", each.usage().bytesUp(), "route", each.name(), "direction", "up")
          .value(
              "gateway_bytes", each.usage().bytesDown(), "route", each.name(), "direction", "down");
    }
    metrics.family("gateway_connect_seconds", "summary", "To connect to an endpoint.");
    for (Target each : busiest) {
      metrics
          .value("gateway_connect_seconds_count", each.usage().connections(), "route", each.name())
          .value(
              "gateway_connect_seconds_sum",
              each.usage().connectNanos() / NANOS,
              "route",
              each.name());
    }
    metrics.family("gateway_endpoints", "gauge", "Endpoints by state.");
    for (Target each : busiest) {
      EndpointPicker picker = each.picker();
      int healthy = picker.healthyCount();
      metrics
          .value("gateway_endpoints", healthy, "route", each.name(), "state", "healthy")
          .value(
              "gateway_endpoints",
              Math.max(0, picker.endpoints().size() - healthy),
              "route",
              each.name(),
              "state",
              "unhealthy")
          .value(
              "gateway_endpoints", picker.ejectedCount(), "route", each.name(), "state", "ejected");
    }
    metrics.family("gateway_ejections", "counter", "Endpoints left out after failures.");
    for (Target each : busiest) {
      metrics.value("gateway_ejections", each.picker().ejections(), "route", each.name());
    }
  }

  private static void summary(MetricsText metrics, String name, long count, long nanos) {
    metrics
        .family(name, "summary", "From the accept until the server name was known.")
        .value(name + "_count", count)
        .value(name + "_sum", nanos / NANOS);
  }
}
