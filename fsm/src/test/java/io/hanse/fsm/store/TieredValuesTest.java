package io.hanse.fsm.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TieredValuesTest {
  private static final StoreSettings AT_ONCE = new StoreSettings(100_000, 1 << 20, 100, 0, 10, 10);

  /** Memory may be short for a while only. */
  @Test
  void shouldTryAgainWhereNativeMemoryCouldNotBeOpened() {
    int[] tries = new int[1];
    TieredValues values =
        new TieredValues(
            AT_ONCE,
            Runnable::run,
            () -> {
              if (++tries[0] <= 2) {
                throw new IllegalStateException("no room");
              }
              return new ChronicleValues(AT_ONCE);
            });
    byte[] value = {1};
    long id = 0;
    for (; id < 9_000; id++) {
      values.put(id, value);
    }
    assertThat(tries[0]).as("it waits before it tries again").isOne();
    for (; id < 30_000; id++) {
      values.put(id, value);
    }
    assertThat(tries[0]).isEqualTo(3);
    assertThat(values.offHeapBytes()).isPositive();
    assertThat(values.get(0)).isEqualTo(value);
    assertThat(values.get(id - 1)).isEqualTo(value);
    values.close();
  }
}
