package io.hanse.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class GapTest {
  private final AtomicLong now = new AtomicLong();
  private final Load.Gap gap = new Load.Gap(now::get);

  @Test
  void shouldRememberTheLongestTimeBetweenTwoSuccesses() {
    at(100, gap::succeeded);
    at(105, gap::succeeded);
    at(117, gap::succeeded);
    at(120, gap::succeeded);
    assertThat(gap.count()).isEqualTo(4);
    assertThat(gap.longestMillis()).isEqualTo(12);
  }

  @Test
  void shouldCountAnEndWithoutASuccess() {
    at(100, gap::succeeded);
    at(105, gap::succeeded);
    at(135, gap::end);
    assertThat(gap.longestMillis()).isEqualTo(30);
  }

  @Test
  void shouldNotCountWhatWasBeforeTheFirstSuccess() {
    at(500, gap::end);
    assertThat(gap.longestMillis()).isZero();
    at(900, gap::succeeded);
    assertThat(gap.longestMillis()).isZero();
  }

  private void at(long millis, Runnable what) {
    now.set(TimeUnit.MILLISECONDS.toNanos(millis));
    what.run();
  }
}
