package io.hanse.cli.command;

import io.hanse.cli.value.Value;
import io.hanse.fsm.view.Maintenance;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The checks that keep instances from being called, as health endpoints show them. */
final class FailingChecks {
  /** Critical, or said to be in maintenance by the peer. */
  private static final Set<String> OUT_OF_USE = Set.of("critical", Maintenance.WORD);

  private static final int NAMED_MAX = 3;
  private static final int OUTPUT_MAX = 120;

  private FailingChecks() {}

  static List<Value> of(Value instance) {
    return instance.at("Checks").items().stream()
        .filter(check -> OUT_OF_USE.contains(check.at("Status").text()))
        .toList();
  }

  /** The first of them, and how many there are besides. */
  static String named(Value instances) {
    Set<String> names =
        instances.items().stream()
            .flatMap(instance -> of(instance).stream().map(check -> name(instance, check)))
            .collect(Collectors.toCollection(LinkedHashSet::new));
    return NameList.some(names, NAMED_MAX);
  }

  private static String name(Value instance, Value check) {
    String id = check.at("CheckID").text();
    String node = instance.at("Node").at("Node").text();
    String service = instance.at("Service").at("ID").text() + " on " + node;
    if (id.equals(Maintenance.checkId(""))) {
      return "node " + node + " is in maintenance" + why(check.at("Notes"));
    }
    if (id.equals(Maintenance.checkId(instance.at("Service").at("ID").text()))) {
      return service + " is in maintenance" + why(check.at("Notes"));
    }
    return "check \""
        + id
        + "\" of "
        + (check.at("ServiceID").text().isEmpty() ? "node " + node : service)
        + " is "
        + check.at("Status").text()
        + why(check.at("Output"));
  }

  private static String why(Value told) {
    String line = told.text().strip().lines().findFirst().orElse("");
    if (line.isEmpty()) {
      return "";
    }
    return " (" + (line.length() > OUTPUT_MAX ? line.substring(0, OUTPUT_MAX) + "..." : line) + ")";
  }

  /**
   * What to do about the first, where its agent is one of this cluster.
   *
   * @param first what comes before the checks where it is not maintenance; "" if nothing does
   */
  static String remedy(Value instances, String first) {
    for (Value instance : instances.items()) {
      for (Value check : of(instance)) {
        String id = check.at("CheckID").text();
        String there = "at the agent of " + instance.at("Node").at("Node").text();
        if (id.equals(Maintenance.checkId(""))) {
          return "to end it, " + there + ": hanse maint -disable";
        }
        if (id.equals(Maintenance.checkId(instance.at("Service").at("ID").text()))) {
          String service = instance.at("Service").at("ID").text();
          return "to end it, " + there + ": hanse maint -disable -service " + service;
        }
      }
    }
    return first + "mend what the check looks at, or the check";
  }
}
