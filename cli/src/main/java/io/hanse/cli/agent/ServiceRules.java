package io.hanse.cli.agent;

import io.hanse.cli.agent.check.CheckKind;
import io.hanse.fsm.config.MetaRules;
import io.hanse.fsm.config.ProxyRules;
import io.hanse.fsm.row.AgentService;
import io.hanse.fsm.row.CheckType;
import io.hanse.fsm.row.ServiceDefinition;
import io.hanse.fsm.row.Weights;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What may be registered with an agent. Source: Consul's API, B.6.5 and B.7. */
final class ServiceRules {
  private static final Set<String> WILDCARD_ADDRESSES = Set.of("0.0.0.0", "::", "[::]");
  private static final Set<String> STATUSES = Set.of("passing", "warning", "critical");
  private static final int WEIGHT_MAX = 65_535;

  private ServiceRules() {}

  /** Before anything is made of it. */
  static void check(ServiceDefinition definition) {
    if (definition.getName().isEmpty()) {
      throw Problems.invalid("Missing service name");
    }
    if (WILDCARD_ADDRESSES.contains(definition.getAddress())) {
      throw Problems.invalid("Invalid service address");
    }
    if (definition.hasWeights()) {
      check(definition.getWeights());
    }
    MetaRules.strict(definition.getMetaMap(), ProxyRules.isGateway(definition.getKind()))
        .ifPresent(
            problem -> {
              throw Problems.invalid("Invalid Service Meta: " + problem);
            });
    if (definition.getConnect().hasSidecarService()) {
      checkSidecar(definition);
    }
    for (CheckType check : ServiceExpansion.checkDefinitions(definition)) {
      check(check);
    }
  }

  /** What came of it. */
  static void check(ServiceExpansion expansion) {
    for (AgentService service : expansion.services()) {
      List<String> problems = ProxyRules.problems(service.getRow());
      if (problems.isEmpty()) {
        continue;
      }
      String kind = service.getParentId().isEmpty() ? "Validation failed: " : "Failed Validation: ";
      throw Problems.invalid(kind + Problems.list(problems));
    }
  }

  static void check(CheckType check) {
    if (!check.getStatus().isEmpty() && !isStatus(check.getStatus())) {
      throw Problems.invalid("Status for checks must 'passing', 'warning', 'critical'");
    }
    checkDefinition(check);
  }

  static boolean isStatus(String text) {
    return STATUSES.contains(text);
  }

  /** The rules that hold for a check however it is registered. */
  static void checkDefinition(CheckType check) {
    CheckKind.problem(check)
        .ifPresent(
            problem -> {
              throw Problems.invalid("Invalid check: " + problem);
            });
    switch (CheckKind.of(check)) {
      case SCRIPT, DOCKER ->
          throw Problems.refused(
              "Scripts are disabled on this agent from remote calls; to enable, configure"
                  + " 'enable_script_checks' to true");
      case UDP, GRPC, H2PING, OS_SERVICE ->
          throw Problems.refused(
              "checks of type \""
                  + CheckKind.of(check).text()
                  + "\" are not supported yet; use TTL, HTTP, TCP or an alias");
      case HTTP, TCP, ALIAS, TTL, MAINTENANCE -> {}
    }
  }

  private static void check(Weights weights) {
    if (weights.getPassing() < 1) {
      throw Problems.invalid("Invalid Weights: Passing must be greater than 0");
    }
    if (weights.getWarning() < 0) {
      throw Problems.invalid("Invalid Weights: Warning must be greater or equal than 0");
    }
    if (weights.getPassing() > WEIGHT_MAX || weights.getWarning() > WEIGHT_MAX) {
      throw Problems.invalid("Invalid Weights: DNS Weight must be between 0 and 65535");
    }
  }

  private static void checkSidecar(ServiceDefinition definition) {
    ServiceDefinition sidecar = definition.getConnect().getSidecarService();
    List<String> problems = new ArrayList<>();
    if (ProxyRules.isGateway(definition.getKind())) {
      problems.add("A " + definition.getKind() + " cannot have a sidecar service defined");
    }
    if (!sidecar.getId().isEmpty()) {
      problems.add("A SidecarService cannot specify an ID as this is managed by the agent");
    }
    if (sidecar.getConnect().hasSidecarService()) {
      problems.add("A SidecarService cannot have a nested SidecarService");
    }
    if (!problems.isEmpty()) {
      throw Problems.invalid("Validation failed: " + Problems.list(problems));
    }
    for (CheckType check : ServiceExpansion.checkDefinitions(sidecar)) {
      try {
        check(check);
      } catch (io.hanse.fsm.error.ProblemException e) {
        throw Problems.invalid("Invalid check in sidecar_service: " + e.getMessage());
      }
    }
  }
}
