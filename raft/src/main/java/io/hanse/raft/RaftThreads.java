package io.hanse.raft;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The threads of replication: daemons, one for each kind of work. */
final class RaftThreads {
  private RaftThreads() {}

  /** What comes after the end is done by whoever brings it: no answer is lost. */
  static ExecutorService single(String name) {
    return new ThreadPoolExecutor(
        1,
        1,
        0,
        TimeUnit.SECONDS,
        new LinkedBlockingQueue<>(),
        task -> daemon(task, name),
        (task, pool) -> task.run());
  }

  static ScheduledExecutorService timer(String name) {
    return Executors.newSingleThreadScheduledExecutor(task -> daemon(task, name));
  }

  /**
   * Waits until the last task of pools that were shut down has ended. Asked by a thread of such a
   * pool, which can't wait for itself, the answer is no.
   *
   * @param patience for all of them together
   */
  static boolean isOver(Duration patience, ExecutorService... pools) {
    long end = System.nanoTime() + patience.toNanos();
    try {
      for (ExecutorService pool : pools) {
        if (!pool.awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
          return false;
        }
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }
}
