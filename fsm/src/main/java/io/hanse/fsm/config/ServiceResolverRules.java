package io.hanse.fsm.config;

import static io.hanse.fsm.config.Findings.invalid;

import com.google.protobuf.Duration;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.filter.Filter;
import io.hanse.fsm.row.ConfigEntry;
import io.hanse.fsm.row.ResolverRedirect;
import io.hanse.fsm.row.ResolverSubset;
import io.hanse.fsm.row.ServiceResolver;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** What a service-resolver entry fills in and may say. */
final class ServiceResolverRules {
  private static final Pattern SUBSET = Pattern.compile("[a-z0-9]([a-z0-9-]*[a-z0-9])?");
  private static final int SUBSET_LENGTH_MAX = 63;

  private ServiceResolverRules() {}

  /** A time-out of zero is none. */
  static ConfigEntry normalise(ConfigEntry entry) {
    ServiceResolver.Builder resolver = entry.getServiceResolver().toBuilder();
    if (Durations.isZero(resolver.getConnectTimeout())) {
      resolver.clearConnectTimeout();
    }
    if (Durations.isZero(resolver.getRequestTimeout())) {
      resolver.clearRequestTimeout();
    }
    return entry.toBuilder().setServiceResolver(resolver).build();
  }

  static void validate(ConfigEntry entry) {
    Names.require(entry);
    MetaRules.requireLax(entry.getMetaMap());
    ServiceResolver resolver = entry.getServiceResolver();
    // By name: which of two wrong ones is named must not depend on the order of a map.
    new TreeMap<>(resolver.getSubsetsMap()).forEach(ServiceResolverRules::validate);
    String preset = resolver.getDefaultSubset();
    if (!preset.isEmpty() && !resolver.containsSubsets(preset)) {
      throw invalid("DefaultSubset \"" + preset + "\" is not a valid subset");
    }
    if (!resolver.getPrioritizeByLocality().getMode().isEmpty()) {
      throw invalid("Prioritize-by-locality requires Consul Enterprise ");
    }
    if (resolver.hasRedirect()) {
      validate(entry.getName(), resolver, resolver.getRedirect());
    }
    FailoverRules.validate(entry.getName(), resolver);
    requireNotNegative("ConnectTimeout", resolver.getConnectTimeout());
    requireNotNegative("RequestTimeout", resolver.getRequestTimeout());
    if (resolver.hasLoadBalancer()) {
      LoadBalancerRules.validate(resolver.getLoadBalancer());
    }
  }

  private static void validate(String name, ResolverSubset subset) {
    if (name.isEmpty()) {
      throw invalid("Subset defined with empty name");
    }
    if (name.length() > SUBSET_LENGTH_MAX || !SUBSET.matcher(name).matches()) {
      throw invalid(
          "Subset \""
              + name
              + "\" is invalid: must be 63 characters or fewer, begin or end with lower case"
              + " alphanumeric characters, and contain lower case alphanumeric characters or '-'"
              + " in between");
    }
    try {
      if (!subset.getFilter().isEmpty()) {
        Filter.requireSyntax(subset.getFilter());
      }
    } catch (ProblemException e) {
      throw invalid(
          "Filter for subset \"" + name + "\" is not a valid expression: " + e.getMessage());
    }
  }

  private static void validate(String name, ServiceResolver resolver, ResolverRedirect redirect) {
    Tenancy.requireNone(
        "Redirect: ",
        redirect.getPartition(),
        redirect.getNamespace(),
        redirect.getSamenessGroup());
    if (resolver.getFailoverCount() > 0) {
      throw invalid("Redirect and Failover cannot both be set");
    }
    if (redirect.equals(ResolverRedirect.getDefaultInstance())) {
      throw invalid("Redirect is empty");
    }
    String subset = redirect.getServiceSubset();
    boolean atPeer = !redirect.getPeer().isEmpty();
    if (atPeer && !subset.isEmpty()) {
      throw invalid("Redirect.Peer cannot be set with Redirect.ServiceSubset");
    }
    if (atPeer && !redirect.getDatacenter().isEmpty()) {
      throw invalid("Redirect.Peer cannot be set with Redirect.Datacenter");
    }
    if (redirect.getService().isEmpty() && !subset.isEmpty()) {
      throw invalid("Redirect.ServiceSubset defined without Redirect.Service");
    }
    if (redirect.getService().isEmpty() && atPeer) {
      throw invalid("Redirect.Peer defined without Redirect.Service");
    }
    if (redirect.getService().equals(name)
        && !subset.isEmpty()
        && !resolver.containsSubsets(subset)) {
      throw invalid(
          "Redirect.ServiceSubset \"" + subset + "\" is not a valid subset of \"" + name + "\"");
    }
  }

  private static void requireNotNegative(String what, Duration duration) {
    if (Durations.isNegative(duration)) {
      throw invalid("Bad " + what + " '" + Durations.text(duration) + "', must be >= 0");
    }
  }
}
