package io.hanse.bench.load;

import java.util.Arrays;

/** Times of operations, as they came; sorted when asked. */
final class Latencies {
  private long[] nanos = new long[1 << 16];
  private int count;
  private boolean isSorted;

  void add(long duration) {
    if (count == nanos.length) {
      nanos = Arrays.copyOf(nanos, 2 * count);
    }
    nanos[count] = duration;
    count++;
    isSorted = false;
  }

  int count() {
    return count;
  }

  double millis(double quantile) {
    if (count == 0) {
      return Double.NaN;
    }
    if (!isSorted) {
      Arrays.sort(nanos, 0, count);
      isSorted = true;
    }
    return nanos[(int) Math.min(count - 1L, (long) (quantile * count))] / 1e6;
  }
}
