package io.hanse.fsm.apply;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;

/** Short names for the ways in which appliers refuse. */
final class Refusals {
  private Refusals() {}

  static ProblemException invalid(String text) {
    return new ProblemException(ProblemCode.INVALID_ARGUMENT, text);
  }

  /** The byte that ends the parts of a key may not be in one: rows would get into each other. */
  static void requireNames(String... names) {
    for (String name : names) {
      requireName(name);
    }
  }

  static void requireName(String name) {
    if (name.indexOf('\0') >= 0) {
      throw invalid("a name may not contain a zero character");
    }
  }

  /** The state does not allow it. */
  static ProblemException precondition(String text) {
    return new ProblemException(ProblemCode.FAILED_PRECONDITION, text);
  }

  /** What was shown proves nothing. */
  static ProblemException denied(String text) {
    return new ProblemException(ProblemCode.PERMISSION_DENIED, text);
  }

  static ProblemException conflict(String text) {
    return new ProblemException(ProblemCode.CONFLICT, text);
  }

  static ProblemException notFound(String text) {
    return new ProblemException(ProblemCode.NOT_FOUND, text);
  }

  /** Ends the process: to go on would be to guess. */
  static ProblemException broken(String text) {
    return new ProblemException(ProblemCode.INVARIANT_BROKEN, text);
  }
}
