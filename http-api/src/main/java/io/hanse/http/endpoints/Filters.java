package io.hanse.http.endpoints;

import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.filter.Filter;
import io.hanse.fsm.filter.Selectors;
import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.row.HealthCheck;
import io.hanse.fsm.row.Node;
import io.hanse.fsm.row.NodeService;
import io.hanse.http.answer.ExportedName;
import io.hanse.http.answer.ImportedName;
import io.hanse.http.answer.Member;
import io.hanse.http.exchange.Call;
import io.hanse.http.exchange.HttpProblem;
import io.hanse.http.request.Intention;

/**
 * The parameter {@code filter}: what each kind of answer can be asked for, and how it is refused.
 */
final class Filters {
  static final Selectors NODES = Selectors.of(Node.getDescriptor());
  static final Selectors SERVICES = Selectors.of(NodeService.getDescriptor());
  static final Selectors CHECKS = Selectors.of(HealthCheck.getDescriptor());
  static final Selectors INTENTIONS = Selectors.of(Intention.getDescriptor());
  static final Selectors INSTANCES = Selectors.of(CheckServiceNode.getDescriptor());

  static final Selectors EXPORTED = Selectors.of(ExportedName.getDescriptor());
  static final Selectors IMPORTED = Selectors.of(ImportedName.getDescriptor());
  static final Selectors MEMBERS = Selectors.of(Member.getDescriptor());

  private static final String PARAMETER = "filter";

  private Filters() {}

  static boolean isAsked(Call call) {
    return !call.parameters().first(PARAMETER).isEmpty();
  }

  static Filter of(Call call, Selectors selectors) {
    return parse(call, selectors, "Failed to create boolean expression evaluator: ");
  }

  /** For the one endpoint that says only what is wrong. */
  static Filter bare(Call call, Selectors selectors) {
    return parse(call, selectors, "");
  }

  private static Filter parse(Call call, Selectors selectors, String prefix) {
    try {
      return Filter.parse(call.parameters().first(PARAMETER), selectors);
    } catch (ProblemException e) {
      throw HttpProblem.internal(prefix + e.getMessage());
    }
  }
}
