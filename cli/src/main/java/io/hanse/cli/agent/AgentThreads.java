package io.hanse.cli.agent;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The threads of an agent beside those of the network and of replication. */
final class AgentThreads implements AutoCloseable {
  private static final int WORKERS = 8;
  private static final int QUEUE = 1024;
  private static final int KEEP_SECONDS = 30;

  private final ScheduledExecutorService agent = single("agent");
  private final ScheduledExecutorService timer = single("agent-timer");
  private final ThreadPoolExecutor workers =
      new ThreadPoolExecutor(
          WORKERS,
          WORKERS,
          KEEP_SECONDS,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(QUEUE),
          daemons("agent-worker"));
  private final ExecutorService background = single("agent-background");

  AgentThreads() {
    workers.allowCoreThreadTimeOut(true);
  }

  /** All changes of what is registered here; nothing that waits. */
  ScheduledExecutorService agent() {
    return agent;
  }

  /** Short tasks at times. */
  ScheduledExecutorService timer() {
    return timer;
  }

  /** May be blocked for a bounded time; refuses when too much waits. */
  ExecutorService workers() {
    return workers;
  }

  /** Long work without haste. */
  ExecutorService background() {
    return background;
  }

  private static ScheduledExecutorService single(String name) {
    return Executors.newSingleThreadScheduledExecutor(daemons(name));
  }

  private static ThreadFactory daemons(String name) {
    AtomicInteger count = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, name + "-" + count.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  @Override
  public void close() {
    agent.shutdownNow();
    timer.shutdownNow();
    workers.shutdownNow();
    background.shutdownNow();
  }
}
