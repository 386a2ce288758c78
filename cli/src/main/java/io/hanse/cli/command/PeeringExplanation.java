package io.hanse.cli.command;

import io.hanse.cli.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What stands between a service and those who call it from the other side of a peering, step by
 * step, as far as the servers of this cluster know. The steps of the other cluster are told by the
 * same command there.
 */
final class PeeringExplanation {
  /** Of a peer that is well something comes every 15 s. */
  private static final double FRESH_SECONDS = 20;

  /** A span below a minute, as the server tells it. */
  private static final Pattern SHORT_SPAN = Pattern.compile("([0-9.]+)(n|u|µ|m)?s");

  /** Of a server that knows of no leader, which was asked for what is there. */
  private static final String UNLED = "UNDEFINED";

  private static final List<Finding> NOTHING_CROSSES =
      List.of(Finding.open("nothing crosses a peering that ended, as said above", ""));

  private static final String READ = "hanse peering read -name ";

  private final String peer;
  private final Value peering;
  private final String state;
  private final Value detail;
  private final Known known;
  private final OtherSide other;

  /**
   * What is stored here beside the peering.
   *
   * @param stored the names of which imported instances are stored here
   * @param exported the names that this cluster exports to the peer
   * @param consumers the peers that exported-services entries name, with the services for each
   * @param peerings the names of all that there are
   */
  record Known(
      Set<String> stored,
      Set<String> exported,
      Map<String, Set<String>> consumers,
      Set<String> peerings) {}

  /** Of a peering as it is read in detail. */
  PeeringExplanation(Value peering, Known known) {
    this.peering = peering;
    this.known = known;
    peer = peering.at("Name").text();
    state = peering.at("State").text();
    detail = peering.at("Detail");
    other = new OtherSide(state.equals("ACTIVE") && !detail.at("InChanges").truth());
  }

  boolean isImported(String service) {
    return imported().contains(service);
  }

  boolean isExported(String service) {
    return exported().contains(service);
  }

  /** What the leader was told, and what is stored: it forgets the former when it leads no more. */
  private Set<String> imported() {
    Set<String> names = new TreeSet<>(known.stored());
    peering
        .at("StreamStatus")
        .at("ImportedServices")
        .items()
        .forEach(name -> names.add(name.text()));
    return names;
  }

  private Set<String> exported() {
    return new TreeSet<>(known.exported());
  }

  /** Whether anything flows at all. */
  List<Finding> link() {
    List<Finding> findings = new ArrayList<>();
    String reason = detail.at("Reason").text();
    String silence = detail.at("Silence").text();
    String why = reason.isEmpty() ? "" : ": " + reason;
    if (state.equals(UNLED)) {
      findings.add(
          Finding.bad(
              "this cluster has no leader: how the peering stands is not known, what follows is as"
                  + " stored here",
              "hanse operator raft list-peers -stale names the servers; a majority has to run"));
      return findings;
    }
    if (state.equals("ACTIVE")) {
      String what = "ACTIVE" + (silence.isEmpty() ? "" : ", heard " + silence + " ago") + why;
      findings.add(
          reason.isEmpty() && isFresh()
              ? Finding.good(what)
              : Finding.bad(what, READ + peer + " -detailed shows more of it"));
    } else {
      // What it waits for tells for how long.
      String heard = state.equals("PENDING") && !reason.isEmpty() ? "" : ", " + heard();
      findings.add(Finding.bad(state + heard + why, whereToLook()));
    }
    if (isWithdrawn()) {
      findings.add(
          Finding.bad(
              "what it exported is withdrawn here since " + detail.at("WithdrawnSince").text(),
              "it returns by itself once the peer is heard; the config entry \"peering\" sets the"
                  + " bound"));
    }
    return findings;
  }

  /** An acceptor dials nothing, and can't know why it is not dialed. */
  private String whereToLook() {
    boolean dials = !peering.at("PeerServerAddresses").items().isEmpty();
    if (state.equals("TERMINATED")) {
      // Who is dialed makes no token and redeems none until it is deleted.
      String deletion = "hanse peering delete -name " + peer;
      return dials
          ? deletion + "; or establish it anew with a new token"
          : deletion + ", then peer anew: hanse peering generate-token -name " + peer;
    }
    if (isEnded()) {
      return "wait until it is gone";
    }
    return dials
        ? READ + peer + " -detailed shows each address that is dialed"
        : "the other cluster dials; where, is shown there: "
            + READ
            + "<its name for this cluster> -detailed";
  }

  private String heard() {
    if (state.equals(UNLED)) {
      return "as stored here";
    }
    String silence = detail.at("Silence").text();
    if (silence.isEmpty()) {
      return "never heard since this leader leads";
    }
    return detail.at("LastConfirmed").isNothing()
        ? "not heard since this leader leads, for " + silence
        : "silent for " + silence;
  }

  /** Nothing crosses it any more, whatever is done about exports and ways. */
  private boolean isEnded() {
    return state.equals("TERMINATED") || state.equals("DELETING");
  }

  private boolean isWithdrawn() {
    return !detail.at("WithdrawnSince").isNothing();
  }

  /** Whether what the peer told last can be taken for what is. */
  private boolean isFresh() {
    String silence = detail.at("Silence").text();
    if (!state.equals("ACTIVE")) {
      return false;
    }
    Matcher span = SHORT_SPAN.matcher(silence);
    return silence.isEmpty()
        || (span.matches()
            && (span.group(2) != null || Double.parseDouble(span.group(1)) <= FRESH_SECONDS));
  }

  /** What the peer told: well, while it is heard. */
  private Finding told(String what) {
    return isFresh() ? Finding.good(what) : Finding.open(what + "; " + heard(), "");
  }

  /** What is imported. */
  List<Finding> imports() {
    if (isEnded()) {
      return NOTHING_CROSSES;
    }
    List<Finding> findings = new ArrayList<>();
    Set<String> empty = imported();
    empty.removeAll(known.stored());
    String served = "services with instances: " + (imported().size() - empty.size());
    findings.add(
        isWithdrawn()
            ? Finding.open(served + ", all of them withdrawn here, as said above", "")
            : told(served));
    if (!empty.isEmpty()) {
      findings.add(
          Finding.bad(
              "exported by it without any instance: " + NameList.some(empty),
              "register instances there, or mend the name in its exported-services entry"));
    }
    Set<String> unconfirmed = unconfirmedImports();
    if (!unconfirmed.isEmpty()) {
      findings.add(
          Finding.bad(
              "not confirmed since this leader leads: " + NameList.some(unconfirmed),
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
    if (isEnded()) {
      return NOTHING_CROSSES;
    }
    List<Finding> findings = new ArrayList<>();
    Set<String> empty = exported();
    empty.removeAll(local);
    if (exported().isEmpty()) {
      findings.add(nothingExported());
      strangers(findings, services -> true);
      return findings;
    }
    findings.add(told("services with instances: " + (exported().size() - empty.size())));
    if (!empty.isEmpty()) {
      findings.add(
          Finding.bad(
              "exported without any instance here: " + NameList.some(empty),
              "register instances, or mend the name in the exported-services entry"));
    }
    Set<String> unconfirmed = unconfirmedExports();
    if (!unconfirmed.isEmpty()) {
      findings.add(
          Finding.bad("not confirmed by it yet: " + NameList.some(unconfirmed), other.ask()));
    }
    problems(findings, "ExportProblems", "not taken: ", resource -> true);
    strangers(findings, services -> true);
    return findings;
  }

  /** A peering may serve one direction; one that serves none was hardly made for that. */
  private Finding nothingExported() {
    String what = "nothing is exported to it";
    String export = "hanse services export -name <service> -consumer-peers " + peer;
    return imported().isEmpty()
        ? Finding.bad(what + ", and nothing is imported from it", export)
        : Finding.open(what, "if callers there should call services of here: " + export);
  }

  /**
   * Consumers without a peering. Entries may come before their peering, so only one that may be a
   * slip for this peer counts against it.
   */
  private void strangers(List<Finding> findings, Predicate<Set<String>> wanted) {
    known
        .consumers()
        .forEach(
            (consumer, services) -> {
              if (!known.peerings().contains(consumer) && wanted.test(services)) {
                String what =
                    "exported-services names the consumer \""
                        + consumer
                        + "\" of "
                        + NameList.some(services)
                        + ", of which there is no peering";
                boolean isSlip = NearNames.isNear(consumer, peer);
                findings.add(
                    isSlip
                        ? Finding.bad(what + "; near to it: " + peer, "mend the name in the entry")
                        : Finding.open(what, "mend the name, or establish the peering"));
              }
            });
  }

  /** One service of the peer: what callers here depend on. */
  List<Finding> importOf(String service, Value instances, Value mesh) {
    if (isEnded()) {
      return NOTHING_CROSSES;
    }
    String askThere = other.ask(service);
    List<Finding> findings = new ArrayList<>();
    if (!imported().contains(service) && !isFresh() && detail.at("LastConfirmed").isNothing()) {
      findings.add(Finding.bad("what it exports is not known: it was not heard yet", other.ask()));
      return findings;
    }
    boolean isRefused =
        detail.at("ImportProblems").items().stream()
            .anyMatch(each -> each.at("Resource").text().equals(service));
    if (!imported().contains(service) && !isRefused) {
      findings.add(
          Finding.bad(
              "it sends no \""
                  + service
                  + "\" to this cluster: not exported, or too large to be sent"
                  + NearNames.near(service, imported()),
              askThere));
      findings.add(InstanceFindings.absentHere(service, exported(), peer));
      return findings;
    }
    findings.add(told("it exports \"" + service + "\" to this cluster"));
    problems(findings, "ImportProblems", "not imported: ", service::equals);
    if (unconfirmedImports().contains(service)) {
      findings.add(Finding.bad("not confirmed since this leader leads", "it may be out of date"));
    } else {
      confirmed(findings, "ConfirmedImports", service);
    }
    if (isWithdrawn()) {
      findings.add(Finding.open("what instances it has is withdrawn, as said above", ""));
    } else if (imported().contains(service)) {
      InstanceFindings.health(findings, instances, askThere, this::told);
      findings.add(InstanceFindings.wayIn(askThere, mesh, this::told));
    }
    findings.add(
        Finding.open(
            "what its intentions and sidecars there say can't be told from here", askThere));
    return findings;
  }

  /** One service of this cluster: what callers of the peer depend on. */
  List<Finding> exportOf(
      String service, Value instances, Value mesh, Value intentions, boolean allowsByDefault) {
    if (isEnded()) {
      return NOTHING_CROSSES;
    }
    List<Finding> findings = new ArrayList<>();
    if (!exported().contains(service)) {
      findings.add(
          Finding.bad(
              "no exported-services entry names \""
                  + service
                  + "\" for this peer"
                  + NearNames.near(service, exported()),
              "hanse services export -name " + service + " -consumer-peers " + peer));
      strangers(findings, services -> services.contains(service));
      return findings;
    }
    findings.add(told("\"" + service + "\" is exported to it"));
    InstanceFindings.health(findings, instances, "", Finding::good);
    InstanceFindings.wayOut(findings, mesh, detail);
    problems(findings, "ExportProblems", "not taken: ", service::equals);
    if (unconfirmedExports().contains(service)) {
      findings.add(Finding.bad("not confirmed by it yet", other.ask()));
    } else {
      confirmed(findings, "ConfirmedExports", service);
    }
    findings.addAll(
        new IntentionExplanation(peer, known.peerings(), service)
            .findings(intentions, allowsByDefault));
    InstanceFindings.closedCalls(findings, mesh);
    return findings;
  }

  private void confirmed(List<Finding> findings, String list, String service) {
    detail.at(list).items().stream()
        .filter(each -> each.at("Service").text().equals(service))
        .filter(each -> !each.at("ConfirmedAt").isNothing())
        .findFirst()
        .ifPresent(
            each -> findings.add(told("confirmed by it at " + each.at("ConfirmedAt").text())));
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
}
