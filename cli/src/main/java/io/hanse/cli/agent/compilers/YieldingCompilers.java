package io.hanse.cli.agent.compilers;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the JVM's compilers give way to whoever serves. One works for 10 to 20 ms without a pause,
 * and Linux leaves who runs alone until its next tick, of 4 ms as a rule: a change, which goes
 * through a dozen threads, waits for that several times, even where another processor is idle. So
 * compilers take what others leave, as long as that is enough for them ({@link CompilerShare}).
 *
 * <p>On Linux alone, and where this process may take back what it gives: with the capability {@code
 * SYS_NICE}, as root has it outside of containers, or with a limit of 20 for {@code nice}. Else
 * nothing is done.
 */
public final class YieldingCompilers implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(YieldingCompilers.class);

  /** A property of the JVM: false leaves the compilers alone. */
  private static final String WANTED = "hanse.compilers.yield";

  private static final Duration LOOK_EVERY = Duration.ofMillis(250);

  private final CountDownLatch end = new CountDownLatch(1);

  private YieldingCompilers() {}

  /** Has them give way until it is closed. */
  public static YieldingCompilers begin() {
    YieldingCompilers compilers = new YieldingCompilers();
    Thread thread = new Thread(compilers::run, "compilers");
    thread.setDaemon(true);
    thread.start();
    return compilers;
  }

  private void run() {
    CompilerThreads threads = new CompilerThreads();
    if (!Boolean.parseBoolean(System.getProperty(WANTED, "true")) || !threads.areShown()) {
      return;
    }
    Optional<ThreadScheduling> scheduling = ThreadScheduling.find();
    if (scheduling.isEmpty()) {
      LOG.debug("compilers don't give way to requests: this process may not take that back");
      return;
    }
    try {
      give(threads, scheduling.get());
    } catch (RuntimeException e) {
      LOG.warn("compilers are not looked after any more", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void give(CompilerThreads threads, ThreadScheduling scheduling)
      throws InterruptedException {
    CompilerPolicies policies = new CompilerPolicies(threads, new CompilerShare(System.nanoTime()));
    try {
      boolean isOver = false;
      // The last look finds those that others have started, with their policy, since the one
      // before.
      while (!isOver) {
        isOver = end.await(LOOK_EVERY.toNanos(), TimeUnit.NANOSECONDS);
        policies.look(System.nanoTime()).forEach(scheduling::set);
      }
    } finally {
      policies.ofShare().forEach(scheduling::set);
    }
  }

  /** They have their share again soon after. */
  @Override
  public void close() {
    end.countDown();
  }
}
