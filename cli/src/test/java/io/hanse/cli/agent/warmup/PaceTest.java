package io.hanse.cli.agent.warmup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class PaceTest {
  @Test
  void shouldBeginOnceOthersLeaveHalfOfTheMachine() {
    // The first is of the time before.
    Queue<Double> shares = new ArrayDeque<>(List.of(0.0, 1.0, 0.6, 0.4, 0.1));
    Pace pace = new Pace(shares::remove, () -> 0, Duration.ofNanos(1));

    pace.begin();

    assertThat(shares).containsExactly(0.1);
  }

  @Test
  void shouldCountNoTimeFromBeforeItBegan() {
    long[] cpuSeconds = {40};
    Pace pace = new Pace(() -> 0, () -> cpuSeconds[0] * 1_000_000_000, Duration.ofNanos(1));
    pace.begin();
    assertThat(pace.workedNanos()).isZero();

    cpuSeconds[0] += 31;
    assertThatThrownBy(
            () -> {
              while (true) {
                pace.breathe();
              }
            })
        .isInstanceOf(Pace.OverException.class)
        .hasMessage("it took too long");
  }

  @Test
  void shouldNotWaitForTheOthersOfAServerThatEnds() {
    Pace pace = new Pace(() -> 1.0, () -> 0, Duration.ofDays(1));
    pace.end();

    assertThatThrownBy(pace::begin)
        .isInstanceOf(Pace.OverException.class)
        .hasMessage("the server ends");
  }

  @Test
  void shouldKnowNoShareOfOthersAtFirst() {
    MachineLoad load = new MachineLoad();

    assertThat(load.getAsDouble()).isZero();
    assertThat(load.getAsDouble()).isBetween(0.0, 1.0);
  }
}
