package io.hanse.cli.agent.warmup;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;

/** The compilers of this JVM, as it speaks of them. */
final class Compilers {
  /** Of the tiers: what C2 makes. */
  private static final String OPTIMISED = "4";

  private Compilers() {}

  /**
   * Whether there is one that makes code faster the more often it has run. Without, code is as fast
   * as it gets after some hundred calls.
   */
  static boolean optimise() {
    HotSpotDiagnosticMXBean vm = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    try {
      return vm == null || vm.getVMOption("TieredStopAtLevel").getValue().equals(OPTIMISED);
    } catch (IllegalArgumentException e) {
      // Another JVM, of which nothing is known.
      return true;
    }
  }

  /** What they took since the JVM started; 0 where that is not known. */
  static long nanos() {
    CompilationMXBean compilers = ManagementFactory.getCompilationMXBean();
    return compilers != null && compilers.isCompilationTimeMonitoringSupported()
        ? TimeUnit.MILLISECONDS.toNanos(compilers.getTotalCompilationTime())
        : 0;
  }
}
