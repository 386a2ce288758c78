package io.hanse.jepsen.experiment;

import java.time.Duration;
import java.util.List;

/**
 * How a run goes. The same seed draws the same faults and the same choices of clients.
 *
 * @param faults how many; one at a time
 * @param fault how long each lasts
 * @param calm how long before each, and at the end
 * @param rest how many times as long as usual a client rests after an operation: where there are
 *     few processors, so that servers which start again are not the last to get one
 * @param only what faults' names must contain, one of these; empty: all kinds are drawn
 */
public record Plan(
    long seed,
    int servers,
    int faults,
    Duration fault,
    Duration calm,
    int rest,
    List<String> only) {
  public Plan {
    only = List.copyOf(only);
  }
}
