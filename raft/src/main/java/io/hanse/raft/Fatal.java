package io.hanse.raft;

import org.slf4j.LoggerFactory;

/** What is done when this server must not go on: a member that limps is worse than one less. */
@FunctionalInterface
public interface Fatal {
  /** Ends the process at once. The exit code says "internal software error". */
  Fatal HALT =
      (what, cause) -> {
        LoggerFactory.getLogger(Fatal.class).error("this server stops cause={}", what, cause);
        Runtime.getRuntime().halt(70);
      };

  void stop(String what, Throwable cause);
}
