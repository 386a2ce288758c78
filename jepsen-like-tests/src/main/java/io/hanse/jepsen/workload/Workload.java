package io.hanse.jepsen.workload;

import java.util.List;

/** Clients that use one thing of a cluster in the same way, and the judgement of what they saw. */
public interface Workload extends AutoCloseable {
  String name();

  /** Ends all clients after what each is doing, and takes the last look at the healed cluster. */
  @Override
  void close();

  /** Only after {@link #close}. */
  Verdict verdict();

  /**
   * What is to be said of a run.
   *
   * @param counts how much was judged, for people
   * @param faults what must not have been; empty: nothing
   * @param isVoid there was too little to judge, or no time to; such a run is no good one
   */
  record Verdict(String counts, List<String> faults, boolean isVoid) {
    public Verdict {
      faults = List.copyOf(faults);
    }

    public boolean isGood() {
      return faults.isEmpty() && !isVoid;
    }
  }
}
