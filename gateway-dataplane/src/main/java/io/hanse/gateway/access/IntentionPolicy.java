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
import java.util.Optional;
import java.util.TreeSet;

/**
 * Decides by the identity of a caller whether it may connect. The rule of the highest precedence
 * that matches decides, as in {@code consul intention check}; a rule for all services matches those
 * of its own cluster or peer only, and none matches every peer. Never changes: new intentions are a
 * new policy.
 *
 * <p>A rule for a peer is about what that peer's roots signed, whoever else names its trust domain.
 * A caller for whom several vouch may do what the rules for any of them allow: each could have lent
 * it its own. What is denied to one of them is not allowed by a default that holds for another.
 */
public final class IntentionPolicy {
  private static final String ANY = "*";
  private static final Comparator<IntentionRule> MOST_PRECISE_FIRST =
      Comparator.comparingInt(IntentionRule::getPrecedence).reversed();

  private static final Comparator<IntentionRule> ALLOWING_LAST =
      Comparator.comparing(IntentionRule::getAllow);

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
    Optional<IntentionRule> decides =
        new TreeSet<>(caller.peers())
            .stream().flatMap(peer -> rule(caller.id(), peer).stream()).max(ALLOWING_LAST);
    return decides
        .map(
            rule ->
                new Verdict(
                    rule.getAllow(),
                    "intention for " + source(rule) + " => " + rule.getDestination()))
        .orElseGet(() -> new Verdict(allowByDefault, "default policy"));
  }

  private Optional<IntentionRule> rule(SpiffeId caller, String peer) {
    return rules.stream()
        .filter(rule -> rule.getPeer().equals(peer) && matches(rule, caller))
        .findFirst();
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
