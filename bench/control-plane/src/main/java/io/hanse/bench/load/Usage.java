package io.hanse.bench.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;

/** What processes have used, as the kernel counts it. */
final class Usage {
  private static final double TICK_MICROS = 10_000;

  private Usage() {}

  /** Processor time of all of them, in microseconds; steps of 10 ms each. */
  static double cpuMicros(Collection<Long> pids) {
    double sum = 0;
    for (long pid : pids) {
      String stat = read(pid, "stat");
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      sum += (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * TICK_MICROS;
    }
    return sum;
  }

  /** The largest resident set among them, in kilobytes. */
  static long rssKilobytes(Collection<Long> pids) {
    long largest = 0;
    for (long pid : pids) {
      for (String line : read(pid, "status").split("\n", -1)) {
        if (line.startsWith("VmRSS:")) {
          largest = Math.max(largest, Long.parseLong(line.replaceAll("[^0-9]", "")));
        }
      }
    }
    return largest;
  }

  /** Processor time of the whole machine, in microseconds, idle time left out. */
  static double machineMicros() {
    try {
      String[] fields = Files.readAllLines(Path.of("/proc/stat")).get(0).split(" +", -1);
      double sum = 0;
      for (int i : new int[] {1, 2, 3, 6, 7}) {
        sum += Long.parseLong(fields[i]) * TICK_MICROS;
      }
      return sum;
    } catch (IOException e) {
      return 0;
    }
  }

  private static String read(long pid, String file) {
    try {
      return Files.readString(Path.of("/proc", Long.toString(pid), file));
    } catch (IOException e) {
      throw new IllegalStateException("process " + pid + " is gone", e);
    }
  }
}
