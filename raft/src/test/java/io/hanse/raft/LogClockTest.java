package io.hanse.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LogClockTest {
  private static final long MONDAY = 1_700_000_000_000L;
  private static final long YEARS = Duration.ofDays(30_000).toMillis();
  private static final long MINUTE = 60_000;

  private long wall = MONDAY;
  private long nanos = 17;
  private final LogClock clock = new LogClock(() -> wall, () -> nanos);

  /** Both clocks go on, as they do. */
  private void pass(long millis) {
    wall += millis;
    nanos += millis * 1_000_000;
  }

  private long passed(long millis) {
    long before = clock.millis();
    pass(millis);
    return clock.millis() - before;
  }

  @Test
  void shouldFollowTheWallClock() {
    clock.begin(0);
    pass(10 * MINUTE);
    assertThat(clock.millis()).isEqualTo(MONDAY + 10 * MINUTE);
    for (int i = 0; i < 10_000; i++) {
      nanos += 100;
      clock.millis();
    }
    wall += 1;
    assertThat(clock.millis()).isEqualTo(wall);
  }

  @Test
  void shouldNotFollowAJumpAhead() {
    clock.begin(0);
    wall += YEARS;
    assertThat(passed(MINUTE)).isBetween(MINUTE, MINUTE + MINUTE / 10);
    wall -= YEARS;
    assertThat(passed(10 * MINUTE)).isBetween(9 * MINUTE, 10 * MINUTE);
    pass(MINUTE);
    assertThat(clock.millis()).isEqualTo(wall);
  }

  @Test
  void shouldGoOnWhereAnEarlierLeaderBroughtLogTime() {
    clock.begin(MONDAY + YEARS);
    assertThat(clock.millis()).isEqualTo(MONDAY + YEARS);
    assertThat(passed(10 * MINUTE)).isEqualTo(9 * MINUTE);
    assertThat(passed(10)).isEqualTo(9);
  }

  @Test
  void shouldNeverStandStillNorGoBackWhenTheWallClockDoes() {
    clock.begin(0);
    wall -= YEARS;
    assertThat(passed(10 * MINUTE)).isEqualTo(9 * MINUTE);
    long last = clock.millis();
    for (int i = 0; i < 1_000; i++) {
      nanos += 999;
      assertThat(clock.millis()).isGreaterThanOrEqualTo(last);
      last = clock.millis();
    }
  }

  @Test
  void shouldTakeUpTheWallClockWhenItBeginsToLead() {
    clock.begin(MONDAY - YEARS);
    assertThat(clock.millis()).isEqualTo(MONDAY);
  }
}
