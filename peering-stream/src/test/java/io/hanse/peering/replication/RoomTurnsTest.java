package io.hanse.peering.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RoomTurnsTest {
  private final RoomTurns turns = new RoomTurns();

  private List<Long> taken(String peering, long fromMillis, long toMillis) {
    List<Long> taken = new ArrayList<>();
    RoomTurns.OfPeering own = turns.of(peering);
    for (long now = fromMillis; now < toMillis; now += 1_000) {
      if (own.take(now)) {
        taken.add(now);
      }
    }
    return taken;
  }

  @Test
  void shouldGiveAPeerItsTurnLessAndLessOften() {
    assertThat(taken("one", 0, 600_000))
        .containsExactly(0L, 5_000L, 15_000L, 35_000L, 75_000L, 155_000L, 315_000L, 475_000L);
    assertThat(taken("one", 1_200_000, 1_210_000)).containsExactly(1_200_000L, 1_205_000L);
  }

  @Test
  void shouldGiveTurnsToFewPeersInASecond() {
    int taken = 0;
    for (int i = 0; i < 1_000; i++) {
      taken += turns.of("peering " + i).take(500_000) ? 1 : 0;
    }
    assertThat(taken).isEqualTo(4);
    assertThat(turns.of("peering 999").take(501_000)).isTrue();
  }
}
