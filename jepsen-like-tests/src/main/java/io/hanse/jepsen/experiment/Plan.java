package io.hanse.jepsen.experiment;

import java.time.Duration;
import java.util.List;

/**
 * How a run goes. The same seed draws the same faults and the same choices of clients.
 *
 * @param faults how many; one at a time
 * @param fault how long each lasts
 * @param calm how long before each, and at the end
 * @param only what faults' names must contain, one of these; empty: all kinds are drawn
 */
public record Plan(
    long seed, int servers, int faults, Duration fault, Duration calm, List<String> only) {
  public Plan {
    only = List.copyOf(only);
  }
}
