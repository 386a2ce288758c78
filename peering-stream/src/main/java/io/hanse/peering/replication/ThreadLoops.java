package io.hanse.peering.replication;

import io.hanse.fsm.port.PoolShutdown;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Loops that share a few threads. A loop that has much to do lets others run in between. */
public final class ThreadLoops implements Loops, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ThreadLoops.class);
  private static final int TASKS_IN_A_ROW = 64;
  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(2);

  private final ScheduledThreadPoolExecutor threads;
  private final long startMillis;
  private final long startNanos;

  public ThreadLoops(String name, int threadCount) {
    threads =
        new ScheduledThreadPoolExecutor(
            threadCount,
            task -> {
              Thread thread = new Thread(task, name);
              thread.setDaemon(true);
              return thread;
            });
    threads.setRemoveOnCancelPolicy(true);
    threads.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    startMillis = System.currentTimeMillis();
    startNanos = System.nanoTime();
  }

  @Override
  public Loop newLoop() {
    return new SerialLoop();
  }

  /** Once it returns no task runs any more. */
  @Override
  public void close() {
    threads.shutdownNow();
    if (!PoolShutdown.isOver(CLOSE_PATIENCE, threads)) {
      LOG.warn("a task goes on after {} s", CLOSE_PATIENCE.toSeconds());
    }
  }

  private final class SerialLoop implements Loop {
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private boolean scheduled;

    @Override
    public void execute(Runnable task) {
      synchronized (tasks) {
        tasks.add(task);
        if (scheduled) {
          return;
        }
        scheduled = true;
      }
      submit();
    }

    private void submit() {
      try {
        threads.execute(this::run);
      } catch (RejectedExecutionException e) {
        LOG.debug("task dropped, closing");
      }
    }

    private void run() {
      for (int i = 0; i < TASKS_IN_A_ROW; i++) {
        Runnable task = next();
        if (task == null) {
          return;
        }
        try {
          task.run();
        } catch (Throwable e) {
          // An error, too: a loop that ends here would never run again, and nobody would know.
          LOG.error("task failed", e);
        }
      }
      submit();
    }

    private @Nullable Runnable next() {
      synchronized (tasks) {
        Runnable task = tasks.poll();
        scheduled = task != null;
        return task;
      }
    }

    @Override
    public Runnable after(long delayMillis, Runnable task) {
      try {
        Future<?> timer = threads.schedule(() -> execute(task), delayMillis, TimeUnit.MILLISECONDS);
        return () -> timer.cancel(false);
      } catch (RejectedExecutionException e) {
        LOG.debug("timer dropped, closing");
        return () -> {};
      }
    }

    @Override
    public long nowMillis() {
      return startMillis + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
    }
  }
}
