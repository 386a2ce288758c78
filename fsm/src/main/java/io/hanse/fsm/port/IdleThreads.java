package io.hanse.fsm.port;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Pools of threads that end while there is nothing to do, and keep no process. For those around the
 * state machine, which itself has no threads.
 */
public final class IdleThreads {
  private static final int IDLE_SECONDS = 30;

  private IdleThreads() {}

  /**
   * For those who bound what waits themselves.
   *
   * @param count of threads at most; what is more waits
   */
  public static ThreadPoolExecutor of(String name, int count) {
    return of(name, count, new LinkedBlockingQueue<>());
  }

  /** The same; what comes while so much waits is refused. */
  public static ThreadPoolExecutor of(String name, int count, int waitingMax) {
    return of(name, count, new LinkedBlockingQueue<>(waitingMax));
  }

  private static ThreadPoolExecutor of(String name, int count, BlockingQueue<Runnable> waiting) {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            count,
            count,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            waiting,
            task -> {
              Thread thread = new Thread(task, name);
              thread.setDaemon(true);
              return thread;
            });
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }
}
