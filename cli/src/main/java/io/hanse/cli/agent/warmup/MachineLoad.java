package io.hanse.cli.agent.warmup;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.function.DoubleSupplier;

/**
 * How much of the machine, or container, is taken by others than a warm-up: the rest of the server
 * is one of them. To be asked on the thread of the warm-up.
 */
final class MachineLoad implements DoubleSupplier {
  private final int processors = Runtime.getRuntime().availableProcessors();
  private long askedNanos;
  private long ownNanos;

  /** The processor time of the thread that asks. */
  static long workedNanos() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    return threads.isCurrentThreadCpuTimeSupported() ? threads.getCurrentThreadCpuTime() : 0;
  }

  /** Since it was asked before, from 0 to 1; 0 the first time, and where it can't be known. */
  @Override
  public double getAsDouble() {
    OperatingSystemMXBean machine =
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    double all = machine == null ? Double.NaN : machine.getCpuLoad();
    long now = System.nanoTime();
    // The compilers work for the warm-up, as long as there is nothing else to do.
    long ownNow = workedNanos() + Compilers.nanos();
    double own = (double) (ownNow - ownNanos) / (now - askedNanos) / processors;
    boolean isFirst = askedNanos == 0;
    askedNanos = now;
    ownNanos = ownNow;
    return isFirst || Double.isNaN(all) ? 0 : Math.max(0, all - own);
  }
}
