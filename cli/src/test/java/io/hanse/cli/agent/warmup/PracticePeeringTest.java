package io.hanse.cli.agent.warmup;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PracticePeeringTest {
  private final Pace pace = new Pace(() -> 0, () -> 0, Duration.ZERO);

  @Test
  void shouldGoThroughAFirstSyncChangesAndItsEndTimeAfterTime() {
    pace.begin();
    try (PracticePeering peering = new PracticePeering(pace, 20)) {
      // It waits itself for what it does, and fails where that does not come.
      assertThatCode(peering::round).doesNotThrowAnyException();
      assertThatCode(peering::round).doesNotThrowAnyException();
    }
  }

  @Test
  void shouldEndAmidARoundOnceTheServerEnds() {
    pace.begin();
    try (PracticePeering peering = new PracticePeering(pace, 300)) {
      pace.end();
      assertThatThrownBy(peering::round).isInstanceOf(Pace.OverException.class);
    }
  }
}
