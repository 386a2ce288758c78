package io.hanse.cli.agent.check;

import io.hanse.fsm.row.CheckType;

/** Holds a verdict back until it was seen often enough in a row. One per check, on one thread. */
final class Threshold {
  private final int successesMin;
  private final int warningsMin;
  private final int criticalsMin;
  private int successes;
  private int failures;

  Threshold(CheckType check) {
    successesMin = Math.max(1, check.getSuccessBeforePassing());
    criticalsMin = Math.max(1, check.getFailuresBeforeCritical());
    warningsMin =
        check.getFailuresBeforeWarning() > 0 ? check.getFailuresBeforeWarning() : criticalsMin;
  }

  /** The status to report; {@code present} until enough is known. */
  String weigh(String found, String present) {
    if (found.equals(Verdict.CRITICAL)) {
      successes = 0;
      failures++;
      if (failures >= criticalsMin) {
        return Verdict.CRITICAL;
      }
      return failures >= warningsMin ? Verdict.WARNING : present;
    }
    failures = 0;
    successes++;
    return successes >= successesMin ? found : present;
  }
}
