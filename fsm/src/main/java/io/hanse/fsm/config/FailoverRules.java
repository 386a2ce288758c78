package io.hanse.fsm.config;

import static io.hanse.fsm.config.Findings.invalid;

import io.hanse.fsm.row.FailoverTarget;
import io.hanse.fsm.row.ResolverFailover;
import io.hanse.fsm.row.ServiceResolver;
import java.util.TreeMap;

/** What the failover part of a service-resolver entry may say. */
final class FailoverRules {
  private static final String ANY_SUBSET = "*";

  private FailoverRules() {}

  static void validate(String name, ServiceResolver resolver) {
    new TreeMap<>(resolver.getFailoverMap())
        .forEach((subset, failover) -> validate(name, resolver, subset, failover));
  }

  private static void validate(
      String name, ServiceResolver resolver, String subset, ResolverFailover failover) {
    String where = "Bad Failover[\"" + subset + "\"]";
    Tenancy.requireNone(where + ": ", "", failover.getNamespace(), failover.getSamenessGroup());
    if (!subset.equals(ANY_SUBSET) && !resolver.containsSubsets(subset)) {
      throw invalid(where + ": not a valid subset subset");
    }
    String otherSubset = failover.getServiceSubset();
    boolean hasTargets = failover.getTargetsCount() > 0;
    boolean hasDatacenters = failover.getDatacentersCount() > 0;
    if (failover.getService().isEmpty()
        && otherSubset.isEmpty()
        && !hasTargets
        && !hasDatacenters) {
      throw invalid(
          where
              + ": one of Service, ServiceSubset, Namespace, Targets, SamenessGroup, or"
              + " Datacenters is required");
    }
    if (!failover.getPolicy().getMode().isEmpty()) {
      throw invalid(where + ": Setting failover policies requires Consul Enterprise");
    }
    if (!otherSubset.isEmpty()
        && (failover.getService().isEmpty() || failover.getService().equals(name))
        && !resolver.containsSubsets(otherSubset)) {
      throw invalid(where + ": " + unknownSubset(otherSubset, failover.getService()));
    }
    if (hasTargets && hasDatacenters) {
      throw invalid(where + ": Targets cannot be set with Datacenters");
    }
    if (hasTargets && !otherSubset.isEmpty()) {
      throw invalid(where + ": Targets cannot be set with ServiceSubset");
    }
    if (hasTargets && !failover.getService().isEmpty()) {
      throw invalid(where + ": Targets cannot be set with Service");
    }
    for (int i = 0; i < failover.getTargetsCount(); i++) {
      validate(name, resolver, failover.getTargets(i), where + ".Targets[" + i + "]: ");
    }
    if (failover.getDatacentersList().contains("")) {
      throw invalid(where + ".Datacenters: found empty datacenter");
    }
  }

  private static void validate(
      String name, ServiceResolver resolver, FailoverTarget target, String where) {
    Tenancy.requireNone(where, target.getPartition(), target.getNamespace(), "");
    boolean atPeer = !target.getPeer().isEmpty();
    String subset = target.getServiceSubset();
    if (atPeer && !subset.isEmpty()) {
      throw invalid(where + "Peer cannot be set with ServiceSubset");
    }
    if (atPeer && !target.getDatacenter().isEmpty()) {
      throw invalid(where + "Peer cannot be set with Datacenter");
    }
    if (!subset.isEmpty()
        && (target.getService().isEmpty() || target.getService().equals(name))
        && !resolver.containsSubsets(subset)) {
      throw invalid(where + unknownSubset(subset, name));
    }
  }

  private static String unknownSubset(String subset, String service) {
    return "ServiceSubset \"" + subset + "\" is not a valid subset of \"" + service + "\"";
  }
}
