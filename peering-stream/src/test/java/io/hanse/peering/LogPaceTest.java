package io.hanse.peering;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LogPaceTest {
  private final LogPace pace = new LogPace();

  @Test
  void shouldTellOneOfAKindInAWhileAndHowManyItLeftOut() {
    assertThat(pace.due("a", 0)).hasValue(0);
    for (int i = 0; i < 3_000; i++) {
      assertThat(pace.due("a", 9_999)).isEmpty();
    }
    assertThat(pace.due("a", 10_000)).hasValue(3_000);
    assertThat(pace.due("a", 10_001)).isEmpty();
    assertThat(pace.due("a", 20_000)).hasValue(1);
  }

  @Test
  void shouldTellKindsApart() {
    assertThat(pace.due("a", 0)).hasValue(0);
    assertThat(pace.due("b", 0)).hasValue(0);
  }
}
