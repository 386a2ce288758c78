package io.hanse.jepsen.experiment;

import io.hanse.jepsen.workload.Pulse;
import io.hanse.jepsen.workload.Workload;
import java.util.List;
import java.util.stream.Collectors;

/** What came of a run. */
public record Result(Plan plan, List<Fault> faults, List<Judgement> judgements, Pulse pulse) {
  /**
   * A fault as it went, in seconds since the run began.
   *
   * @param well when all servers answered again
   */
  public record Fault(String what, int from, int until, int well, boolean isFelt) {}

  /** What one workload says. */
  public record Judgement(String workload, Workload.Verdict verdict) {}

  /** A run with a fault that nobody felt, or with too little to judge, is void: not good. */
  public boolean isGood() {
    return faults.stream().allMatch(Fault::isFelt)
        && judgements.stream().allMatch(each -> each.verdict().isGood());
  }

  @Override
  public String toString() {
    String said =
        judgements.stream()
            .map(
                each ->
                    "  %s: %s%s%s"
                        .formatted(
                            each.workload(),
                            each.verdict().counts(),
                            each.verdict().isVoid() ? ", VOID" : "",
                            each.verdict().faults().isEmpty()
                                ? ""
                                : ", WRONG: " + each.verdict().faults()))
            .collect(Collectors.joining("\n"));
    String unfelt =
        faults.stream()
            .filter(fault -> !fault.isFelt())
            .map(fault -> "\n  nobody felt: " + fault.what())
            .collect(Collectors.joining());
    return "seed %d, %d faults, %d answers, %d requests without one%n%s%s"
        .formatted(plan.seed(), faults.size(), pulse.answered(), pulse.failed(), said, unfelt);
  }
}
