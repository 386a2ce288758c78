package io.hanse.cli.command;

import io.hanse.cli.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What the intentions of a service say about callers of a peer. */
final class IntentionExplanation {
  /** The source of an intention that is about all callers. */
  private static final String ALL = "*";

  private final String peer;
  private final Set<String> peerings;
  private final String service;

  /**
   * Of one service of this cluster.
   *
   * @param peerings the names of all that there are
   */
  IntentionExplanation(String peer, Set<String> peerings, String service) {
    this.peer = peer;
    this.peerings = Set.copyOf(peerings);
    this.service = service;
  }

  /** What comes to bear, and what was perhaps meant to. */
  List<Finding> findings(Value intentions, boolean allowsByDefault) {
    List<Finding> findings = new ArrayList<>(deciding(intentions, allowsByDefault));
    boolean isSomebodyKeptOut = findings.stream().anyMatch(Finding::isBad);
    for (Value intention : intentions.items()) {
      String source = intention.at("SourcePeer").text();
      if (!source.isEmpty() && !peerings.contains(source)) {
        String what =
            named(intention)
                + " names the peer \""
                + source
                + "\", of which there is no peering"
                + NearNames.near(source, peerings);
        String hint = "mend the Peer of its source in the service-intentions entry";
        boolean isMeant = isSomebodyKeptOut && NearNames.isNear(source, peer);
        findings.add(isMeant ? Finding.bad(what, hint) : Finding.open(what, hint));
      }
    }
    return findings;
  }

  /**
   * One without a peer is about callers of this cluster. They are sorted by precedence: of those
   * that are about a caller the first decides, so none counts behind one for all.
   */
  private List<Finding> deciding(Value intentions, boolean allowsByDefault) {
    List<Finding> findings = new ArrayList<>();
    boolean isSomebodyAllowed = false;
    Set<String> decided = new TreeSet<>();
    for (Value intention : intentions.items()) {
      String source = intention.at("SourceName").text();
      if (intention.at("SourcePeer").text().equals(peer) && decided.add(source)) {
        findings.add(finding(intention, isSomebodyAllowed));
        isSomebodyAllowed |= intention.at("Action").text().equals("allow");
        if (source.equals(ALL)) {
          return findings;
        }
      }
    }
    String others = decided.isEmpty() ? "its services" : "its other services";
    findings.add(
        isSomebodyAllowed || allowsByDefault
            ? Finding.good("no intention is about " + others + byDefault(allowsByDefault))
            : Finding.bad(
                "no intention is about " + others + byDefault(false),
                "write a service-intentions entry for \""
                    + service
                    + "\" with Peer = \""
                    + peer
                    + "\" in a source"));
    return findings;
  }

  private static String byDefault(boolean allows) {
    return ", and calls are " + (allows ? "allowed" : "denied") + " by default";
  }

  /** As an operator finds it: by its action, source and destination. */
  private String named(Value intention) {
    String destination = intention.at("DestinationName").text();
    String action = intention.at("Action").text();
    return "the intention \""
        + intention.at("SourceName").text()
        + "\" of \""
        + intention.at("SourcePeer").text()
        + "\" => \""
        + (destination.isEmpty() ? service : destination)
        + (action.isEmpty() ? "\"" : "\" (" + action + ")");
  }

  private Finding finding(Value intention, boolean isSomebodyAllowed) {
    String source = intention.at("SourceName").text();
    boolean isForAll = source.equals(ALL);
    String who = isForAll ? "all its services" : "its \"" + source + "\"";
    return switch (intention.at("Action").text()) {
      case "allow" -> Finding.good("an intention allows " + who);
      case "deny" ->
          isForAll && isSomebodyAllowed
              ? Finding.good("an intention denies all its other services")
              : Finding.bad(
                  "an intention denies " + who, "if it is not meant so, mend " + named(intention));
      default ->
          Finding.bad(
              "an intention for " + who + " has permissions, which lets nobody in",
              "give " + named(intention) + " an Action: the proxies do not look into HTTP");
    };
  }
}
