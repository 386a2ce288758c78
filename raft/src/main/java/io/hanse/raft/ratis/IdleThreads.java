package io.hanse.raft.ratis;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Threads for what is rarely to be done, for all servers of the process: those that have nothing to
 * do end, and none keeps the process.
 */
final class IdleThreads {
  private static final int IDLE_SECONDS = 10;

  private IdleThreads() {}

  /** So many at most; what is more waits. */
  static Executor of(String name, int count) {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            count,
            count,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, name);
              thread.setDaemon(true);
              return thread;
            });
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }
}
