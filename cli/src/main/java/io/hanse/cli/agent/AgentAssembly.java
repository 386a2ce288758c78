package io.hanse.cli.agent;

import io.hanse.cli.config.AgentConfig;

/** Starts and stops an agent's parts in order. */
public final class AgentAssembly implements AutoCloseable {
  private AgentAssembly() {}

  /** Returns when the agent listens; fails with a message that names what and which. */
  public static AgentAssembly start(AgentConfig config) {
    throw new UnsupportedOperationException("node " + config.node().name() + " can't start yet");
  }

  /** Hands leadership over, then stops. */
  @Override
  public void close() {}
}
