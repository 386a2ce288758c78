package io.hanse.cli.agent.compilers;

import io.hanse.cli.agent.compilers.ThreadScheduling.Policy;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which policy each compiler has until the next look at them all. Not thread-safe. */
final class CompilerPolicies {
  private static final Logger LOG = LoggerFactory.getLogger(CompilerPolicies.class);

  private final CompilerThreads threads;
  private final CompilerShare share;
  private Set<Integer> seen = Set.of();

  CompilerPolicies(CompilerThreads threads, CompilerShare share) {
    this.threads = threads;
    this.share = share;
  }

  /** By number of the thread. */
  Map<Integer, Policy> look(long nowNanos) {
    try {
      Map<Integer, Long> waited = threads.waitedNanos(nowNanos);
      seen = Set.copyOf(waited.keySet());
      return all(share.policy(nowNanos, waited));
    } catch (IOException e) {
      // This process may open no more files, say. Nobody sees now whether one is kept waiting.
      LOG.debug("compilers can't be looked at cause=\"{}\"", e.toString());
      return ofShare();
    }
  }

  /** That which leaves each its share, for all that were seen last. */
  Map<Integer, Policy> ofShare() {
    return all(Policy.NORMAL);
  }

  private Map<Integer, Policy> all(Policy policy) {
    return seen.stream().collect(Collectors.toMap(Function.identity(), number -> policy));
  }
}
