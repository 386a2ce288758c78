package io.hanse.cli.command;

import io.hanse.cli.value.Value;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** What a service's instances, and the ways into the mesh, mean for those who call it. */
final class InstanceFindings {
  private static final String GATEWAY_CHECKS =
      "start those that do not run: hanse gateway -help tells how; of those that run"
          + " /v1/health/service/<their name> shows the checks";

  private static final String SIDECARS =
      "start those that do not run: hanse proxy -sidecar-for <service id>; else ";

  private InstanceFindings() {}

  /**
   * How sidecars get there: an imported service of the mesh comes with the mesh gateways that lead
   * to it in the place of its sidecars.
   */
  static Finding wayIn(String askThere, Value gateways, Function<String, Finding> well) {
    int all = gateways.items().size();
    long passing = passing(gateways);
    if (all == 0) {
      return Finding.open(
          "no mesh gateway leads to it: sidecars can't call it",
          "if they should, it needs a sidecar and the other cluster a mesh gateway; " + askThere);
    }
    String what = "mesh gateways that lead to it";
    return passing == 0
        ? nonePasses("the " + all + " " + what, gateways, askThere)
        : well.apply(somePass(passing, all, what, gateways));
  }

  /** What lets sidecars of the peer in. */
  static void wayOut(List<Finding> findings, Value sidecars, Value detail) {
    if (sidecars.items().isEmpty()) {
      findings.add(
          Finding.open(
              "it has no sidecar here: sidecars of the peer can't call it",
              "if they should, register one"));
      return;
    }
    int all = sidecars.items().size();
    long passing = passing(sidecars);
    findings.add(
        passing == 0
            ? nonePasses(
                "its " + all + " sidecars", sidecars, FailingChecks.remedy(sidecars, SIDECARS))
            : Finding.good(somePass(passing, all, "sidecars", sidecars)));
    Value gateways = detail.at("MeshGateways");
    if (gateways.isNothing()) {
      return;
    }
    long allGateways = gateways.whole();
    long passingGateways = detail.at("MeshGatewaysPassing").whole();
    if (allGateways == 0) {
      findings.add(
          Finding.bad(
              "this cluster has no mesh gateway: sidecars of the peer have no way in",
              "run one: hanse gateway -help tells how"));
    } else if (passingGateways == 0) {
      findings.add(
          Finding.bad("none of the " + allGateways + " mesh gateways here passes", GATEWAY_CHECKS));
    } else {
      findings.add(Finding.good(share(passingGateways, allGateways, "mesh gateways here")));
    }
  }

  /** What no server is told: a proxy closes a call without a word to the caller. */
  static void closedCalls(List<Finding> findings, Value sidecars) {
    if (!sidecars.items().isEmpty()) {
      findings.add(
          Finding.open(
              "calls that a gateway or a sidecar closed are told by that alone",
              "/status at its -admin-bind: \"refused\" has the names and callers, and why"));
    }
  }

  /** Of a name that was looked for in what the peer sends, for want of any of here. */
  static Finding absentHere(String service, Set<String> exported, String peer) {
    return Finding.open(
        "nor has this cluster an instance of it, or exports it there"
            + NearNames.near(service, exported),
        "if it is to be one of here: register it, then hanse services export -name "
            + service
            + " -consumer-peers "
            + peer);
  }

  /**
   * How the instances are.
   *
   * @param askThere how to ask the cluster that they are of; "" where that is this one
   */
  static void health(
      List<Finding> findings, Value instances, String askThere, Function<String, Finding> well) {
    int all = instances.items().size();
    long passing = passing(instances);
    if (all == 0) {
      String remedy = "register them " + (askThere.isEmpty() ? "here" : "there");
      findings.add(Finding.bad("it has no instance", remedy));
    } else if (passing == 0) {
      String remedy = askThere.isEmpty() ? FailingChecks.remedy(instances, "") : askThere;
      findings.add(nonePasses("its " + all + " instances", instances, remedy));
    } else {
      findings.add(well.apply(somePass(passing, all, "instances", instances)));
    }
  }

  private static Finding nonePasses(String all, Value instances, String remedy) {
    return Finding.bad("none of " + all + " passes: " + FailingChecks.named(instances), remedy);
  }

  private static String somePass(long passing, long all, String what, Value instances) {
    return share(passing, all, what)
        + (passing == all ? "" : "; not: " + FailingChecks.named(instances));
  }

  private static String share(long passing, long all, String what) {
    return passing + " of " + all + " " + what + " pass, or only warn";
  }

  private static long passing(Value instances) {
    return instances.items().stream().filter(InstanceFindings::isPassing).count();
  }

  private static boolean isPassing(Value instance) {
    return FailingChecks.of(instance).isEmpty();
  }
}
