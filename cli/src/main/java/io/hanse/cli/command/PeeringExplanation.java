package io.hanse.cli.command;

import io.hanse.cli.value.Value;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What stands between a service and those who call it from the other side of a peering, step by
 * step, as far as the servers of this cluster know. The steps of the other cluster are told by the
 * same command there.
 */
final class PeeringExplanation {
  /**
   * One step.
   *
   * @param isGood whether it stands in nobody's way
   * @param hint what to do about it; "" where nothing is to be done, or it is said already
   */
  record Finding(boolean isGood, String what, String hint) {
    static Finding good(String what) {
      return new Finding(true, what, "");
    }

    static Finding bad(String what, String hint) {
      return new Finding(false, what, hint);
    }
  }

  /** The source of an intention that is about all callers. */
  private static final String ALL = "*";

  /** Names that are told in one line. */
  private static final int NAMED_MAX = 10;

  /** Of a name with fewer letters, two others are too many to be a slip. */
  private static final int SHORT = 5;

  private static final String EXPLAIN_THERE =
      "ask there: hanse peering explain -name <its name for this cluster>";

  private final String peer;
  private final Value peering;
  private final Value detail;
  private final Set<String> stored;
  private final Set<String> exported;

  /**
   * Of a peering as it is read in detail.
   *
   * @param stored the names of which imported instances are stored here
   * @param exported the names that this cluster exports to the peer
   */
  PeeringExplanation(Value peering, Set<String> stored, Set<String> exported) {
    this.peering = peering;
    this.stored = Set.copyOf(stored);
    this.exported = new TreeSet<>(exported);
    peer = peering.at("Name").text();
    detail = peering.at("Detail");
  }

  boolean isImported(String service) {
    return imported().contains(service);
  }

  boolean isExported(String service) {
    return exported().contains(service);
  }

  /** What the leader was told, and what is stored: it forgets the former when it leads no more. */
  private Set<String> imported() {
    Set<String> names = new TreeSet<>(stored);
    told().items().forEach(name -> names.add(name.text()));
    return names;
  }

  private Value told() {
    return peering.at("StreamStatus").at("ImportedServices");
  }

  private Set<String> exported() {
    return new TreeSet<>(exported);
  }

  /** Whether anything flows at all. */
  List<Finding> link() {
    List<Finding> findings = new ArrayList<>();
    String state = peering.at("State").text();
    String reason = detail.at("Reason").text();
    if (state.equals("ACTIVE") && reason.isEmpty()) {
      String silence = detail.at("Silence").text();
      findings.add(
          Finding.good("ACTIVE" + (silence.isEmpty() ? "" : ", heard " + silence + " ago")));
    } else {
      String silence = detail.at("Silence").text();
      String heard =
          silence.isEmpty() ? "never heard since this leader leads" : "silent for " + silence;
      findings.add(
          Finding.bad(
              state + ", " + heard + (reason.isEmpty() ? "" : ": " + reason),
              "hanse peering read -name " + peer + " -detailed shows each address that is dialed"));
    }
    if (!detail.at("WithdrawnSince").isNothing()) {
      findings.add(
          Finding.bad(
              "what it exported is withdrawn here since " + detail.at("WithdrawnSince").text(),
              "it returns by itself once the peer is heard; the config entry \"peering\" sets the"
                  + " bound"));
    }
    return findings;
  }

  /** What is imported. */
  List<Finding> imports() {
    List<Finding> findings = new ArrayList<>();
    Set<String> empty = imported();
    empty.removeAll(stored);
    findings.add(Finding.good("services with instances: " + (imported().size() - empty.size())));
    if (!empty.isEmpty()) {
      findings.add(
          Finding.bad(
              "exported by it without any instance: " + some(empty),
              "register instances there, or mend the name in its exported-services entry"));
    }
    Set<String> unconfirmed = unconfirmedImports();
    if (!unconfirmed.isEmpty()) {
      findings.add(
          Finding.bad(
              "not confirmed since this leader leads: " + some(unconfirmed),
              "what is imported of them may be out of date"));
    }
    problems(findings, "ImportProblems", "not imported: ", resource -> true);
    return findings;
  }

  /**
   * What is exported.
   *
   * @param local the names of which instances are registered here
   */
  List<Finding> exports(Set<String> local) {
    List<Finding> findings = new ArrayList<>();
    Set<String> empty = exported();
    empty.removeAll(local);
    findings.add(Finding.good("services with instances: " + (exported().size() - empty.size())));
    if (!empty.isEmpty()) {
      findings.add(
          Finding.bad(
              "exported without any instance here: " + some(empty),
              "register instances, or mend the name in the exported-services entry"));
    }
    Set<String> unconfirmed = unconfirmedExports();
    if (!unconfirmed.isEmpty()) {
      findings.add(Finding.bad("not confirmed by it yet: " + some(unconfirmed), EXPLAIN_THERE));
    }
    problems(findings, "ExportProblems", "not taken: ", resource -> true);
    return findings;
  }

  /** One service of the peer: what callers here depend on. */
  List<Finding> importOf(String service, Value instances) {
    List<Finding> findings = new ArrayList<>();
    if (!imported().contains(service) && peering.at("StreamStatus").isNothing()) {
      findings.add(
          Finding.bad("what it exports is not known: it was not heard yet", EXPLAIN_THERE));
      return findings;
    }
    if (!imported().contains(service)) {
      findings.add(
          Finding.bad(
              "it does not export \"" + service + "\" to this cluster" + near(service, imported()),
              EXPLAIN_THERE + " -service " + service));
      return findings;
    }
    findings.add(Finding.good("it exports \"" + service + "\" to this cluster"));
    problems(findings, "ImportProblems", "not imported: ", service::equals);
    if (unconfirmedImports().contains(service)) {
      findings.add(Finding.bad("not confirmed since this leader leads", "it may be out of date"));
    } else {
      confirmed(findings, "ConfirmedImports", service);
    }
    health(findings, instances, "register them there");
    return findings;
  }

  /** One service of this cluster: what callers of the peer depend on. */
  List<Finding> exportOf(
      String service, Value instances, Value intentions, boolean allowsByDefault) {
    List<Finding> findings = new ArrayList<>();
    if (!exported().contains(service)) {
      findings.add(
          Finding.bad(
              "no exported-services entry names \""
                  + service
                  + "\" for this peer"
                  + near(service, exported()),
              "hanse services export -name " + service + " -consumer-peers " + peer));
      return findings;
    }
    findings.add(Finding.good("\"" + service + "\" is exported to it"));
    health(findings, instances, "register them here");
    problems(findings, "ExportProblems", "not taken: ", service::equals);
    if (unconfirmedExports().contains(service)) {
      findings.add(Finding.bad("not confirmed by it yet", EXPLAIN_THERE));
    } else {
      confirmed(findings, "ConfirmedExports", service);
    }
    intentions(findings, service, intentions, allowsByDefault);
    return findings;
  }

  /**
   * One without a peer is about callers of this cluster. They are sorted by precedence: of those
   * that are about a caller the first decides, so none counts behind one for all.
   */
  private void intentions(
      List<Finding> findings, String service, Value intentions, boolean allowsByDefault) {
    boolean isSomebodyAllowed = false;
    Set<String> decided = new TreeSet<>();
    for (Value intention : intentions.items()) {
      String source = intention.at("SourceName").text();
      if (intention.at("SourcePeer").text().equals(peer) && decided.add(source)) {
        findings.add(intention(intention, isSomebodyAllowed));
        isSomebodyAllowed |= intention.at("Action").text().equals("allow");
        if (source.equals(ALL)) {
          return;
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
  }

  private static String byDefault(boolean allows) {
    return ", and calls are " + (allows ? "allowed" : "denied") + " by default";
  }

  private static Finding intention(Value intention, boolean isSomebodyAllowed) {
    String source = intention.at("SourceName").text();
    boolean isForAll = source.equals(ALL);
    String who = isForAll ? "all its services" : "its \"" + source + "\"";
    return switch (intention.at("Action").text()) {
      case "allow" -> Finding.good("an intention allows " + who);
      case "deny" ->
          isForAll && isSomebodyAllowed
              ? Finding.good("an intention denies all its other services")
              : Finding.bad("an intention denies " + who, "mend it, if it is not meant so");
      default ->
          Finding.bad(
              "an intention for " + who + " has permissions, which lets nobody in",
              "give it an Action: the proxies do not look into HTTP");
    };
  }

  private void health(List<Finding> findings, Value instances, String remedy) {
    int all = instances.items().size();
    long passing = instances.items().stream().filter(PeeringExplanation::isPassing).count();
    if (all == 0) {
      findings.add(Finding.bad("it has no instance", remedy));
    } else if (passing == 0) {
      findings.add(Finding.bad("none of its " + all + " instances passes", ""));
    } else {
      findings.add(Finding.good(passing + " of " + all + " instances pass, or only warn"));
    }
  }

  private static boolean isPassing(Value instance) {
    return instance.at("Checks").items().stream()
        .noneMatch(check -> check.at("Status").text().equals("critical"));
  }

  private void confirmed(List<Finding> findings, String list, String service) {
    detail.at(list).items().stream()
        .filter(each -> each.at("Service").text().equals(service))
        .filter(each -> !each.at("ConfirmedAt").isNothing())
        .findFirst()
        .ifPresent(
            each ->
                findings.add(Finding.good("confirmed by it at " + each.at("ConfirmedAt").text())));
  }

  private void problems(
      List<Finding> findings, String list, String label, Predicate<String> wanted) {
    for (Value problem : detail.at(list).items()) {
      String resource = problem.at("Resource").text();
      if (wanted.test(resource)) {
        findings.add(Finding.bad(label + resource + ": " + problem.at("Reason").text(), ""));
      }
    }
  }

  private Set<String> unconfirmedImports() {
    return detail.at("ConfirmedImports").items().stream()
        .filter(each -> each.at("ConfirmedAt").isNothing())
        .map(each -> each.at("Service").text())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** To a Consul none is ever confirmed by name: then none is missing. */
  private Set<String> unconfirmedExports() {
    if (!detail.at("InChanges").truth()) {
      return Set.of();
    }
    Set<String> missing = exported();
    detail
        .at("ConfirmedExports")
        .items()
        .forEach(each -> missing.remove(each.at("Service").text()));
    return missing;
  }

  private static String some(Collection<String> names) {
    String first = names.stream().limit(NAMED_MAX).collect(Collectors.joining(", "));
    return names.size() > NAMED_MAX
        ? first + " and " + (names.size() - NAMED_MAX) + " more"
        : first;
  }

  /** Names that may have been meant. */
  private static String near(String name, Collection<String> names) {
    int far = name.length() < SHORT ? 1 : 2;
    List<String> near =
        names.stream().filter(each -> distance(name, each) <= far).limit(NAMED_MAX).toList();
    return near.isEmpty() ? "" : "; near to it: " + String.join(", ", near);
  }

  /** Letters that are wrong, missing, too many or in the place of their neighbour. */
  private static int distance(String one, String other) {
    int[][] distances = new int[one.length() + 1][other.length() + 1];
    for (int i = 0; i <= one.length(); i++) {
      for (int j = 0; j <= other.length(); j++) {
        if (i == 0 || j == 0) {
          distances[i][j] = i + j;
          continue;
        }
        int least = Math.min(distances[i - 1][j], distances[i][j - 1]) + 1;
        least =
            Math.min(
                least,
                distances[i - 1][j - 1] + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1));
        boolean isSwapped =
            i > 1
                && j > 1
                && one.charAt(i - 1) == other.charAt(j - 2)
                && one.charAt(i - 2) == other.charAt(j - 1);
        distances[i][j] = isSwapped ? Math.min(least, distances[i - 2][j - 2] + 1) : least;
      }
    }
    return distances[one.length()][other.length()];
  }
}
