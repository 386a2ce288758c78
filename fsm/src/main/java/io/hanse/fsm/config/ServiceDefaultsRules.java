package io.hanse.fsm.config;

import static io.hanse.fsm.config.Findings.invalid;

import com.google.protobuf.Duration;
import io.hanse.fsm.row.ConfigEntry;
import io.hanse.fsm.row.DestinationConfig;
import io.hanse.fsm.row.ServiceDefaults;
import io.hanse.fsm.row.UpstreamConfiguration;
import io.hanse.fsm.row.UpstreamLimits;
import io.hanse.fsm.row.UpstreamSettings;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What a service-defaults entry fills in and may say. */
final class ServiceDefaultsRules {
  private static final Set<String> PROTOCOLS = Set.of("", "tcp", "http", "http2", "grpc");
  private static final Set<String> BALANCES = Set.of("", "exact_balance");

  private ServiceDefaultsRules() {}

  static ConfigEntry normalise(ConfigEntry entry) {
    ServiceDefaults.Builder defaults = entry.getServiceDefaults().toBuilder();
    defaults.setProtocol(lower(defaults.getProtocol()));
    if (defaults.hasUpstreamConfig()) {
      UpstreamConfiguration.Builder upstreams = defaults.getUpstreamConfigBuilder();
      for (UpstreamSettings.Builder override : upstreams.getOverridesBuilderList()) {
        normalise(override);
      }
      if (upstreams.hasDefaults()) {
        normalise(upstreams.getDefaultsBuilder());
      }
    }
    return entry.toBuilder().setServiceDefaults(defaults).build();
  }

  private static void normalise(UpstreamSettings.Builder upstream) {
    upstream.setProtocol(lower(upstream.getProtocol()));
    // A negative time-out means none was given.
    upstream.setConnectTimeoutMs(Math.max(0, upstream.getConnectTimeoutMs()));
  }

  static void validate(ConfigEntry entry) {
    Names.require(entry);
    if (entry.getName().equals("*")) {
      throw invalid("service-defaults name must be the name of a service, and not a wildcard");
    }
    ServiceDefaults defaults = entry.getServiceDefaults();
    ProxyDefaultsRules.requireMutualTlsMode(defaults.getMutualTlsMode());
    Findings findings = new Findings();
    MetaRules.lax(entry.getMetaMap(), findings);
    findings.addIf(
        !PROTOCOLS.contains(defaults.getProtocol()),
        "invalid value for protocol: " + defaults.getProtocol());
    findings.addIf(
        !BALANCES.contains(defaults.getBalanceInboundConnections()),
        "invalid value for balance_inbound_connections: "
            + defaults.getBalanceInboundConnections());
    findings.addIf(
        defaults.hasUpstreamConfig() && defaults.hasDestination(),
        "UpstreamConfig and Destination are mutually exclusive for service defaults");
    findings.addIf(
        defaults.hasRateLimits(),
        "invalid rate_limits config. Rate limiting is a consul enterprise feature");
    if (defaults.hasDestination()) {
      validate(defaults.getDestination(), findings);
    }
    if (defaults.hasUpstreamConfig()) {
      validate(defaults.getUpstreamConfig(), findings);
    }
    findings.throwIfAny();
  }

  private static void validate(DestinationConfig destination, Findings findings) {
    findings.addIf(
        destination.getAddressesCount() == 0,
        "Destination must contain at least one valid address");
    Set<String> seen = new LinkedHashSet<>();
    for (String address : destination.getAddressesList()) {
      findings.addIf(!seen.add(address), "Duplicate address '" + address + "' is not allowed");
      findings.addIf(
          address.isEmpty() || address.startsWith("*"),
          "Could not validate address '" + address + "': address is empty or a wildcard");
    }
    if (destination.getAddressesCount() > 0) {
      findings.addIf(
          destination.getPort() < 1 || destination.getPort() > 65535,
          "Invalid Port number " + destination.getPort());
    }
  }

  private static void validate(UpstreamConfiguration upstreams, Findings findings) {
    for (UpstreamSettings override : upstreams.getOverridesList()) {
      String where =
          "error in upstream override for " + override.getName() + ":" + override.getPeer() + ": ";
      if (override.getName().isEmpty()) {
        findings.add(where + "Name is required");
      } else if (override.getName().equals("*")) {
        findings.add(where + "Wildcard name is not supported");
      } else {
        limits(override).ifPresent(text -> findings.add(where + text));
      }
    }
    if (upstreams.hasDefaults()) {
      String where = "error in upstream defaults: ";
      if (!upstreams.getDefaults().getName().isEmpty()) {
        findings.add(where + "Name must be empty");
      } else {
        limits(upstreams.getDefaults()).ifPresent(text -> findings.add(where + text));
      }
    }
  }

  private static Optional<String> limits(UpstreamSettings upstream) {
    Findings findings = new Findings();
    UpstreamLimits limits = upstream.getLimits();
    refuseNegative(limits.getMaxConnections(), "max connections", findings);
    refuseNegative(limits.getMaxPendingRequests(), "max pending requests", findings);
    refuseNegative(limits.getMaxConcurrentRequests(), "max concurrent requests", findings);
    Duration interval = upstream.getPassiveHealthCheck().getInterval();
    refuseNegative(
        interval.getSeconds() < 0 ? -1 : interval.getNanos(),
        "passive health check interval",
        findings);
    return findings.text();
  }

  private static void refuseNegative(int number, String what, Findings findings) {
    findings.addIf(number < 0, what + " cannot be negative");
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }
}
