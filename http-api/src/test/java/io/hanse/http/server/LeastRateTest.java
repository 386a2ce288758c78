package io.hanse.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LeastRateTest {
  private static final long PART = 64 << 10;

  @Test
  void shouldGiveUpWhoTakesAPartWheneverItsTimeIsAlmostOver() {
    long bytes = 0;
    long millis = 0;
    int parts = 0;
    while (true) {
      bytes += PART;
      parts++;
      if (LeastRate.millisLeft(bytes, millis) < 59_000) {
        break;
      }
      millis += 59_000;
    }
    assertThat(parts).isLessThan(4);
  }

  @Test
  void shouldLetSlowLinesTakeAllTheTimeThatTheyNeed() {
    long bytes = 0;
    long millis = 0;
    while (bytes < 1L << 30) {
      bytes += PART;
      millis += 1_900;
      assertThat(LeastRate.millisLeft(bytes, millis)).isGreaterThan(1_900);
    }
  }

  @Test
  void shouldWaitAMinuteForAnyPart() {
    assertThat(LeastRate.millisLeft(PART, 0)).isEqualTo(60_000);
    assertThat(LeastRate.millisLeft(1L << 30, 1_000)).isEqualTo(60_000);
  }
}
