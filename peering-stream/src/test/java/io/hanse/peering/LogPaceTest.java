package io.hanse.peering;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LogPaceTest {
  private final LogPace pace = new LogPace();

  private void expectBurst(long nowMillis) {
    for (int i = 0; i < 5; i++) {
      assertThat(pace.due("a", nowMillis)).as("line %d", i).hasValue(0);
    }
  }

  @Test
  void shouldTellAFewOfAKindInAWhileAndHowManyItLeftOut() {
    expectBurst(0);
    for (int i = 0; i < 3_000; i++) {
      assertThat(pace.due("a", 9_999)).isEmpty();
    }
    assertThat(pace.due("a", 10_000)).hasValue(3_000);
    assertThat(pace.due("a", 10_001)).hasValue(0);
    expectBurst(30_000);
    assertThat(pace.due("a", 30_001)).isEmpty();
  }

  @Test
  void shouldGoOnAfterAClockThatWasSetBack() {
    expectBurst(3_600_000);
    assertThat(pace.due("a", 3_600_000)).isEmpty();
    assertThat(pace.due("a", 0)).hasValue(1);
  }

  @Test
  void shouldTellNowAndThenOfWhatIsTriedForAsLongAsItFails() {
    assertThat(pace.dueOfLasting("a", 0)).hasValue(0);
    for (int i = 1; i < 75; i++) {
      assertThat(pace.dueOfLasting("a", i * 8_000L)).isEmpty();
    }
    assertThat(pace.dueOfLasting("a", 600_000)).hasValue(74);
    assertThat(pace.dueOfLasting("a", 608_000)).isEmpty();
  }

  @Test
  void shouldTellKindsApart() {
    assertThat(pace.due("a", 0)).hasValue(0);
    assertThat(pace.due("b", 0)).hasValue(0);
  }
}
