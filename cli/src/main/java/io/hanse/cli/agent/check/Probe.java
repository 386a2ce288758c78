package io.hanse.cli.agent.check;

import java.util.concurrent.CompletableFuture;

/** Finds out once how something is. Never fails: what goes wrong is a critical verdict. */
@FunctionalInterface
interface Probe {
  CompletableFuture<Verdict> run();
}
