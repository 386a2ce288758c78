package io.hanse.cli.agent;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import java.util.List;

/** The refusals of an agent, in Consul's words. */
final class Problems {
  private Problems() {}

  /** The request is wrong: 400. */
  static ProblemException invalid(String message) {
    return new ProblemException(ProblemCode.INVALID_ARGUMENT, message);
  }

  /** What it names is not there: 404. */
  static ProblemException unknown(String message) {
    return new ProblemException(ProblemCode.NOT_FOUND, message);
  }

  /** It can't be done on this agent: 500. */
  static ProblemException refused(String message) {
    return new ProblemException(ProblemCode.FAILED_PRECONDITION, message);
  }

  /** Too much of it at a time: 429. */
  static ProblemException overloaded(String message) {
    return new ProblemException(ProblemCode.OVERLOADED, message);
  }

  /** Several reasons in one text. */
  static String list(List<String> reasons) {
    StringBuilder text = new StringBuilder();
    text.append(reasons.size())
        .append(reasons.size() == 1 ? " error occurred:" : " errors occurred:");
    for (String reason : reasons) {
      text.append("\n\t* ").append(reason);
    }
    return text.append("\n\n").toString();
  }
}
