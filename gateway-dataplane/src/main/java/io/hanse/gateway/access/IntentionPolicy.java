package io.hanse.gateway.access;

import io.hanse.fsm.row.PeeringTrustBundle;
import io.hanse.identity.SpiffeId;
import io.hanse.identity.Vouched;
import io.hanse.peering.proto.IntentionRule;
import io.hanse.peering.proto.Intentions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/**
 * Decides by the identity of a caller whether it may connect. The rule of the highest precedence
 * that matches decides, as in {@code consul intention check}; a rule for all services matches those
 * of its own cluster or peer only, and none matches every peer. Never changes: new intentions are a
 * new policy.
 *
 * <p>A rule for a peer is about what that peer's roots signed, whoever else names its trust domain.
 * A caller for whom several vouch may do what any of them may: each could have lent it its own.
 */
public final class IntentionPolicy {
  private static final String ANY = "*";
  private static final Comparator<IntentionRule> MOST_PRECISE_FIRST =
      Comparator.comparingInt(IntentionRule::getPrecedence).reversed();

  /** The answer and what it rests on. */
  public record Verdict(boolean allowed, String reason) {}

  private final List<IntentionRule> rules;
  private final boolean allowByDefault;
  private final Map<String, String> partitions = new HashMap<>();

  /**
   * A policy for one destination.
   *
   * @param bundles of the peers that may see the destination
   */
  public IntentionPolicy(Intentions intentions, Collection<PeeringTrustBundle> bundles) {
    List<IntentionRule> sorted = new ArrayList<>(intentions.getRulesList());
    sorted.sort(MOST_PRECISE_FIRST);
    this.rules = List.copyOf(sorted);
    this.allowByDefault = intentions.getAllowByDefault();
    bundles.forEach(
        each -> partitions.put(each.getPeerName(), partition(each.getExportedPartition())));
  }

  public Verdict judge(Vouched caller) {
    if (caller.id().kind() != SpiffeId.Kind.SERVICE) {
      return new Verdict(false, "not the identity of a service");
    }
    Verdict verdict = new Verdict(false, "nobody vouches for it");
    for (String peer : new TreeSet<>(caller.peers())) {
      verdict = judge(caller.id(), peer);
      if (verdict.allowed()) {
        return verdict;
      }
    }
    return verdict;
  }

  private Verdict judge(SpiffeId caller, String peer) {
    for (IntentionRule rule : rules) {
      if (rule.getPeer().equals(peer) && matches(rule, caller)) {
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
        && (rule.getPeer().isEmpty()
            ? caller.inDefaultPartition()
            : partition(caller.partition()).equals(partitions.get(rule.getPeer())));
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
