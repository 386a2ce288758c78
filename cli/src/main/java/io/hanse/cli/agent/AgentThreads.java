package io.hanse.cli.agent;

import io.hanse.fsm.port.IdleThreads;
import io.hanse.fsm.port.PoolShutdown;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** The threads of an agent beside those of the network and of replication. */
final class AgentThreads implements AutoCloseable {
  private static final int WORKERS = 8;
  private static final int QUEUE = 1024;
  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(5);

  private final Duration patience;

  private final ScheduledExecutorService agent = single("agent");
  private final ScheduledExecutorService timer = single("agent-timer");
  private final ExecutorService workers = IdleThreads.of("agent-worker", WORKERS);
  private final ExecutorService probes = IdleThreads.of("agent-probe", WORKERS, QUEUE);
  private final ExecutorService background = single("agent-background");
  private final ExecutorService wakes = single("agent-wakes");

  AgentThreads() {
    this(CLOSE_PATIENCE);
  }

  /**
   * Threads that run once there is something to do.
   *
   * @param patience with what is under way when they end
   */
  AgentThreads(Duration patience) {
    this.patience = patience;
  }

  /** All changes of what is registered here; nothing that waits. */
  ScheduledExecutorService agent() {
    return agent;
  }

  /** Short tasks at times. */
  ScheduledExecutorService timer() {
    return timer;
  }

  /**
   * What other clusters and proxies say and are told. Refuses nothing: gRPC drops a callback that
   * is refused, and its call never ends. How much waits is bounded by the calls, of which each has
   * one callback at a time here: those of others by {@code ExternalGrpcSettings}, which refuses
   * more before they come here, our own by the peerings.
   */
  ExecutorService workers() {
    return workers;
  }

  /** Checks. They block as long as what they ask is silent, and so hold up each other only. */
  ExecutorService probes() {
    return probes;
  }

  /** Long work without haste. */
  ExecutorService background() {
    return background;
  }

  /** Wakes those who wait for changes of the state; short, and not behind what takes seconds. */
  ExecutorService wakes() {
    return wakes;
  }

  private static ScheduledExecutorService single(String name) {
    return Executors.newSingleThreadScheduledExecutor(
        task -> {
          Thread thread = new Thread(task, name);
          thread.setDaemon(true);
          return thread;
        });
  }

  /**
   * Once it returns nobody writes to the data directory or reads the state any more: registrations
   * are written by the agent's thread, the keyring in the background. A check that is on its way
   * does neither.
   */
  @Override
  public void close() throws AgentParts.GoesOnException {
    for (ExecutorService pool : List.of(agent, timer, workers, probes, background, wakes)) {
      pool.shutdownNow();
    }
    if (!PoolShutdown.isOver(patience, agent, timer, workers, background, wakes)) {
      throw new AgentParts.GoesOnException("a thread works after " + patience.toSeconds() + " s");
    }
  }
}
