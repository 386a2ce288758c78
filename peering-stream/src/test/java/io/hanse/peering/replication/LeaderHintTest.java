package io.hanse.peering.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Whom followers name, on a clock of the test's own. */
class LeaderHintTest {
  private static final List<String> KNOWN = List.of("10.0.0.2:8503", "10.0.0.3:8503");

  private final LeaderHint hint = new LeaderHint();
  private long now = 1_000_000;

  private void refuse(String leader, long forMillis) {
    hint.named(leader, KNOWN.get(0), now);
    now += forMillis;
    hint.named(leader, KNOWN.get(1), now);
  }

  @Test
  void shouldTryTheLeaderThatFollowersNameAtTheirPort() {
    refuse("10.0.0.1:8300", LeaderHint.REFUSED_MILLIS - 1);
    assertThat(hint.due(KNOWN, now)).isEmpty();
    refuse("10.0.0.1:8300", 1);
    assertThat(hint.due(KNOWN, now)).hasValue("10.0.0.1:8503");
    assertThat(hint.due(KNOWN, now)).as("once, then the ring goes on").isEmpty();
    refuse("10.0.0.1:8300", LeaderHint.AGAIN_MILLIS);
    assertThat(hint.due(KNOWN, now)).hasValue("10.0.0.1:8503");
  }

  @Test
  void shouldKeepABracketedHost() {
    refuse("[fd00::1]:8300", LeaderHint.REFUSED_MILLIS);
    assertThat(hint.due(KNOWN, now)).hasValue("[fd00::1]:8503");
  }

  @Test
  void shouldLeaveToTheRingWhatTheRingHas() {
    refuse("10.0.0.3:8300", LeaderHint.REFUSED_MILLIS);
    assertThat(hint.due(KNOWN, now)).isEmpty();
  }

  @Test
  void shouldForgetWhatWasNamedBeforeAGoodStream() {
    refuse("10.0.0.1:8300", LeaderHint.REFUSED_MILLIS);
    hint.forget();
    assertThat(hint.due(KNOWN, now)).isEmpty();
    refuse("10.0.0.1:8300", LeaderHint.REFUSED_MILLIS - 1);
    assertThat(hint.due(KNOWN, now)).isEmpty();
  }

  @Test
  void shouldKeepWhatOneFollowerNamesWhereAnotherNamesNobody() {
    hint.named("10.0.0.1:8300", KNOWN.get(0), now);
    now += LeaderHint.REFUSED_MILLIS;
    hint.named("", KNOWN.get(1), now);
    assertThat(hint.due(KNOWN, now)).hasValue("10.0.0.1:8503");
  }

  @Test
  void shouldTakeNoWordForAnAddressThatIsNone() {
    for (String none : List.of("", ":8300", "leader", "h".repeat(10_000) + ":8300")) {
      refuse(none, LeaderHint.REFUSED_MILLIS);
      assertThat(hint.due(KNOWN, now)).isEmpty();
    }
  }
}
