package io.hanse.identity;

import java.time.Duration;

/**
 * The tunables of the authority.
 *
 * @param datacenter of this cluster
 * @param leafTtl how long leafs are valid
 * @param csrPerSecondMax above it requests wait, then are refused; 0: no limit
 * @param csrWaitMax how long a request may wait for its turn
 */
public record CaSettings(
    String datacenter, Duration leafTtl, int csrPerSecondMax, Duration csrWaitMax) {
  public static CaSettings defaults(String datacenter) {
    return new CaSettings(datacenter, Duration.ofDays(3), 50, Duration.ofMillis(500));
  }
}
