package io.hanse.fsm.config;

import static io.hanse.fsm.config.Findings.invalid;

import io.hanse.fsm.row.HashPolicy;
import io.hanse.fsm.row.LoadBalancer;
import java.util.Set;

/** How a service-resolver entry may ask for the load to be spread. */
public final class LoadBalancerRules {
  private static final String RING_HASH = "ring_hash";
  private static final String MAGLEV = "maglev";
  private static final String LEAST_REQUEST = "least_request";
  private static final String COOKIE = "cookie";
  private static final Set<String> POLICIES =
      Set.of("", "random", "round_robin", LEAST_REQUEST, RING_HASH, MAGLEV);
  private static final Set<String> FIELDS = Set.of("", "header", COOKIE, "query_parameter");

  private LoadBalancerRules() {}

  /** Whether the instance is chosen by what the request says. */
  public static boolean isByHash(LoadBalancer balancer) {
    return balancer.getPolicy().equals(RING_HASH) || balancer.getPolicy().equals(MAGLEV);
  }

  static void validate(LoadBalancer balancer) {
    String policy = balancer.getPolicy();
    if (!POLICIES.contains(policy)) {
      throw invalid("Bad LoadBalancer policy: \"" + policy + "\" is not supported");
    }
    if (balancer.hasRingHashConfig() && !policy.equals(RING_HASH)) {
      throw invalid(incompatible("RingHashConfig", policy));
    }
    if (balancer.hasLeastRequestConfig() && !policy.equals(LEAST_REQUEST)) {
      throw invalid(incompatible("LeastRequestConfig", policy));
    }
    if (balancer.getHashPoliciesCount() > 0 && !isByHash(balancer)) {
      throw invalid(
          "Bad LoadBalancer configuration: HashPolicies specified for non-hash-based Policy: \""
              + policy
              + "\"");
    }
    for (int i = 0; i < balancer.getHashPoliciesCount(); i++) {
      validate(balancer.getHashPolicies(i), "Bad LoadBalancer HashPolicy[" + i + "]: ");
    }
  }

  private static String incompatible(String what, String policy) {
    return "Bad LoadBalancer configuration. "
        + what
        + " specified for incompatible load balancing policy \""
        + policy
        + "\"";
  }

  private static void validate(HashPolicy policy, String where) {
    String field = policy.getField();
    if (!FIELDS.contains(field)) {
      throw invalid(where + "\"" + field + "\" is not a supported field");
    }
    if (policy.getSourceIp() && !field.isEmpty()) {
      throw invalid(
          where + "A single hash policy cannot hash both a source address and a \"" + field + "\"");
    }
    if (policy.getSourceIp() && !policy.getFieldValue().isEmpty()) {
      throw invalid(where + "A FieldValue cannot be specified when hashing SourceIP");
    }
    if (!field.isEmpty() && policy.getFieldValue().isEmpty()) {
      throw invalid(where + "Field \"" + field + "\" was specified without a FieldValue");
    }
    if (!policy.getFieldValue().isEmpty() && field.isEmpty()) {
      throw invalid(where + "FieldValue requires a Field to apply to");
    }
    if (policy.hasCookieConfig()) {
      if (!field.equals(COOKIE)) {
        throw invalid(where + "cookie_config provided for \"" + field + "\"");
      }
      if (policy.getCookieConfig().getSession()
          && !Durations.isZero(policy.getCookieConfig().getTtl())) {
        throw invalid(where + "a session cookie cannot have an associated TTL");
      }
    }
  }
}
