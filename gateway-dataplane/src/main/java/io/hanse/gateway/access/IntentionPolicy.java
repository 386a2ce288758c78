package io.hanse.gateway.access;

import io.hanse.fsm.row.PeeringTrustBundle;
import io.hanse.identity.SpiffeId;
import io.hanse.peering.proto.IntentionRule;
import io.hanse.peering.proto.Intentions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Decides by the identity of a caller whether it may connect. The rule of the highest precedence
 * that matches decides, as in {@code consul intention check}; a rule for all services matches those
 * of its own cluster or peer only, and none matches every peer. Never changes: new intentions are a
 * new policy.
 */
public final class IntentionPolicy {
  private static final String ANY = "*";
  private static final Comparator<IntentionRule> MOST_PRECISE_FIRST =
      Comparator.comparingInt(IntentionRule::getPrecedence).reversed();

  /** The answer and what it rests on. */
  public record Verdict(boolean allowed, String reason) {}

  private final List<IntentionRule> rules;
  private final boolean allowByDefault;
  private final String trustDomain;
  private final List<PeeringTrustBundle> bundles;

  /**
   * A policy for one destination.
   *
   * @param trustDomain of this cluster
   * @param bundles of the peers that may see the destination
   */
  public IntentionPolicy(
      Intentions intentions, String trustDomain, Collection<PeeringTrustBundle> bundles) {
    List<IntentionRule> sorted = new ArrayList<>(intentions.getRulesList());
    sorted.sort(MOST_PRECISE_FIRST);
    this.rules = List.copyOf(sorted);
    this.allowByDefault = intentions.getAllowByDefault();
    this.trustDomain = trustDomain;
    this.bundles = List.copyOf(bundles);
  }

  public Verdict judge(SpiffeId caller) {
    if (caller.kind() != SpiffeId.Kind.SERVICE) {
      return new Verdict(false, "not the identity of a service");
    }
    for (IntentionRule rule : rules) {
      if (matches(rule, caller)) {
        return new Verdict(
            rule.getAllow(), "intention for " + source(rule) + " => " + rule.getDestination());
      }
    }
    return new Verdict(allowByDefault, "default policy");
  }

  private boolean matches(IntentionRule rule, SpiffeId caller) {
    boolean named = rule.getSource().equals(ANY) || rule.getSource().equals(caller.name());
    return named
        && caller.namespace().equals(SpiffeId.DEFAULT)
        && (rule.getPeer().isEmpty() ? isOurs(caller) : isOf(rule.getPeer(), caller));
  }

  private boolean isOurs(SpiffeId caller) {
    return caller.inDefaultPartition() && caller.trustDomain().equalsIgnoreCase(trustDomain);
  }

  private boolean isOf(String peer, SpiffeId caller) {
    for (PeeringTrustBundle bundle : bundles) {
      if (bundle.getPeerName().equals(peer)
          && bundle.getTrustDomain().equalsIgnoreCase(caller.trustDomain())
          && partition(bundle.getExportedPartition()).equals(partition(caller.partition()))) {
        return true;
      }
    }
    return false;
  }

  private static String partition(String name) {
    return name.isEmpty() ? SpiffeId.DEFAULT : name.toLowerCase(Locale.ROOT);
  }

  private static String source(IntentionRule rule) {
    return rule.getPeer().isEmpty()
        ? rule.getSource()
        : "peer(" + rule.getPeer() + ")/" + rule.getSource();
  }
}
