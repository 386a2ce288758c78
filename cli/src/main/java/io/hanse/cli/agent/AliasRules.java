package io.hanse.cli.agent;

import io.hanse.cli.agent.check.CheckKind;
import io.hanse.cli.agent.check.Verdict;
import io.hanse.fsm.row.AgentCheck;
import io.hanse.fsm.row.CheckType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The verdicts of alias checks: they follow the checks of what they stand for. */
final class AliasRules {
  private AliasRules() {}

  /** The alias checks whose verdict is no longer what it was, with the new one. */
  static Map<String, Verdict> changes(String node, LocalRegistry registry) {
    Map<String, Verdict> changes = new TreeMap<>();
    for (AgentCheck check : registry.checks().values()) {
      CheckType definition = check.getDefinition();
      if (CheckKind.of(check) != CheckKind.ALIAS
          || (!definition.getAliasNode().isEmpty() && !definition.getAliasNode().equals(node))) {
        continue;
      }
      Verdict verdict = verdict(check, registry);
      if (!verdict.status().equals(check.getRow().getStatus())
          || !verdict.output().equals(check.getRow().getOutput())) {
        changes.put(check.getRow().getCheckId(), verdict);
      }
    }
    return changes;
  }

  /**
   * The worst of the others; a single failing one gives the output. Of a service that is not there
   * nobody knows anything good. As in Consul, the node is named as the definition does, if at all.
   */
  private static Verdict verdict(AgentCheck alias, LocalRegistry registry) {
    String service = alias.getDefinition().getAliasService();
    if (!service.isEmpty() && !registry.services().containsKey(service)) {
      String node = alias.getDefinition().getAliasNode();
      return new Verdict(
          Verdict.CRITICAL, "Service " + service + " could not be found on node " + node);
    }
    List<AgentCheck> followed = new ArrayList<>();
    Stream.concat(registry.checksOf(service).stream(), registry.checksOf("").stream())
        .filter(check -> CheckKind.of(check) != CheckKind.ALIAS)
        .forEach(followed::add);
    String worst = Verdict.PASSING;
    String output = followed.isEmpty() ? "No checks found." : "All checks passing.";
    for (AgentCheck check : followed) {
      String status = check.getRow().getStatus();
      if (status.equals(Verdict.PASSING)) {
        continue;
      }
      output =
          "Aliased check \""
              + check.getRow().getName()
              + "\" failing: "
              + check.getRow().getOutput();
      worst = status;
      if (status.equals(Verdict.CRITICAL)) {
        break;
      }
    }
    return new Verdict(worst, output);
  }
}
