package io.hanse.fsm.chain;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import java.util.Collection;

/** The words for what is wrong with a chain; clients know them. */
final class ChainProblems {
  private ChainProblems() {}

  static ProblemException invalid(String text) {
    return new ProblemException(ProblemCode.INVALID_ARGUMENT, text);
  }

  /** Consul has no bounds, and takes as long as it takes. */
  static ProblemException tooLarge(String service, String bound) {
    return invalid("discovery chain \"" + service + "\" is too large: at most " + bound);
  }

  static ProblemException circular(String what, Collection<String> path) {
    return invalid("detected circular " + what + ": [" + String.join(" -> ", path) + "]");
  }
}
