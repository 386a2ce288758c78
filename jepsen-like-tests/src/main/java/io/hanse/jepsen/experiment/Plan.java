package io.hanse.jepsen.experiment;

import java.time.Duration;

/**
 * How a run goes. The same seed draws the same faults and the same choices of clients.
 *
 * @param faults how many; one at a time
 * @param fault how long each lasts
 * @param calm how long before each, and at the end
 */
public record Plan(long seed, int servers, int faults, Duration fault, Duration calm) {}
