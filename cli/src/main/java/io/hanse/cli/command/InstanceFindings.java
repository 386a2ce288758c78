package io.hanse.cli.command;

import io.hanse.cli.value.Value;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** What a service's instances, and the ways into the mesh, mean for those who call it. */
final class InstanceFindings {
  /** Critical, or said to be in maintenance by the peer. */
  private static final Set<String> OUT_OF_USE = Set.of("critical", "maintenance");

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
    return passing == 0
        ? nonePasses("the " + all + " mesh gateways that lead to it", "mend them there")
        : well.apply(somePass(passing, all, "mesh gateways that lead to it"));
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
            ? nonePasses("its " + all + " sidecars", "")
            : Finding.good(somePass(passing, all, "sidecars")));
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
      findings.add(nonePasses("the " + allGateways + " mesh gateways here", "mend their checks"));
    } else {
      findings.add(Finding.good(somePass(passingGateways, allGateways, "mesh gateways here")));
    }
  }

  static void health(
      List<Finding> findings, Value instances, String remedy, Function<String, Finding> well) {
    int all = instances.items().size();
    long passing = passing(instances);
    if (all == 0) {
      findings.add(Finding.bad("it has no instance", remedy));
    } else if (passing == 0) {
      findings.add(nonePasses("its " + all + " instances", ""));
    } else {
      findings.add(well.apply(somePass(passing, all, "instances")));
    }
  }

  private static Finding nonePasses(String all, String remedy) {
    return Finding.bad("none of " + all + " passes", remedy);
  }

  private static String somePass(long passing, long all, String what) {
    return passing + " of " + all + " " + what + " pass, or only warn";
  }

  private static long passing(Value instances) {
    return instances.items().stream().filter(InstanceFindings::isPassing).count();
  }

  private static boolean isPassing(Value instance) {
    return instance.at("Checks").items().stream()
        .noneMatch(check -> OUT_OF_USE.contains(check.at("Status").text()));
  }
}
