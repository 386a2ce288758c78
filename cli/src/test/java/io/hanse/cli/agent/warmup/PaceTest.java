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
  void shouldWaitAsLongAsOthersTakeHalfOfTheMachine() {
    Queue<Double> shares = new ArrayDeque<>(List.of(1.0, 0.6, 0.4, 0.0));
    Pace pace = new Pace(shares::remove, Duration.ofNanos(1));

    pace.awaitQuiet();

    assertThat(shares).containsExactly(0.0);
  }

  @Test
  void shouldNotWaitForTheOthersOfAServerThatEnds() {
    Pace pace = new Pace(() -> 1.0, Duration.ofDays(1));
    pace.end();

    assertThatThrownBy(pace::awaitQuiet)
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
