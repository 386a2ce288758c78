package io.hanse.cli.agent.compilers;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How Linux chooses among threads that could run: sched(7). */
final class ThreadScheduling {
  /** What a thread gets of the processors; the numbers are those of Linux. */
  enum Policy {
    /** Its share; once it runs, it is left alone for some milliseconds. */
    NORMAL(0),
    /** What others leave: it gives way at once to any that wants to run. */
    IDLE(5);

    private final int number;

    Policy(int number) {
      this.number = number;
    }

    int number() {
      return number;
    }
  }

  private static final Logger LOG = LoggerFactory.getLogger(ThreadScheduling.class);
  private static final int CALLER = 0;

  private final Function getScheduler;
  private final Function setScheduler;

  private ThreadScheduling(NativeLibrary library) {
    getScheduler = library.getFunction("sched_getscheduler");
    setScheduler = library.getFunction("sched_setscheduler");
  }

  /**
   * Nothing where this process may not take back what it gives. That is a matter of rights: without
   * them a thread goes to {@link Policy#IDLE}, and never comes back. Nor where an operator chose
   * another policy than {@link Policy#NORMAL} for this process.
   */
  static Optional<ThreadScheduling> find() {
    if (!Platform.isLinux()) {
      return Optional.empty();
    }
    try {
      ThreadScheduling found = new ThreadScheduling(NativeLibrary.getProcess());
      return found.canTakeBack() ? Optional.of(found) : Optional.empty();
    } catch (LinkageError | RuntimeException e) {
      // A folder for temporary files that runs no programs, or another C library.
      LOG.debug("threads can't be scheduled cause=\"{}\"", e.toString());
      return Optional.empty();
    }
  }

  /** Tried by a thread that has nothing else to do, and has the policy of whoever starts it. */
  private boolean canTakeBack() {
    FutureTask<Boolean> trial =
        new FutureTask<>(
            () ->
                getScheduler.invokeInt(new Object[] {CALLER}) == Policy.NORMAL.number()
                    && set(CALLER, Policy.IDLE)
                    && set(CALLER, Policy.NORMAL));
    Thread thread = new Thread(trial, "scheduling-trial");
    thread.setDaemon(true);
    thread.start();
    try {
      return trial.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException("the C library can't be called", e.getCause());
    }
  }

  /**
   * Gives a thread a policy.
   *
   * @param thread its number in Linux
   * @return whether it has it; not if it has ended
   */
  boolean set(int thread, Policy policy) {
    int[] priority = {0};
    return setScheduler.invokeInt(new Object[] {thread, policy.number(), priority}) == 0;
  }
}
