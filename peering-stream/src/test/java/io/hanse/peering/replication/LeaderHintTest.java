package io.hanse.peering.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.peering.link.LeaderPlace;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whom followers name, on a clock of the test's own. */
class LeaderHintTest {
  private static final List<String> KNOWN = List.of("10.0.0.2:8503", "10.0.0.3:8503");

  private final LeaderHint hint = new LeaderHint();
  private long now = 1_000_000;

  private static LeaderPlace consul(String leader) {
    return new LeaderPlace(leader, "");
  }

  private void refuse(String leader, long forMillis) {
    hint.named(consul(leader), KNOWN.get(0), now);
    now += forMillis;
    hint.named(consul(leader), KNOWN.get(1), now);
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
    hint.named(consul("10.0.0.1:8300"), KNOWN.get(0), now);
    now += LeaderHint.REFUSED_MILLIS;
    hint.named(consul(""), KNOWN.get(1), now);
    assertThat(hint.due(KNOWN, now)).hasValue("10.0.0.1:8503");
  }

  @Test
  void shouldTakeNoWordForAnAddressThatIsNone() {
    for (String none : List.of("", ":8300", "leader", "h".repeat(10_000) + ":8300")) {
      refuse(none, LeaderHint.REFUSED_MILLIS);
      assertThat(hint.due(KNOWN, now)).isEmpty();
    }
  }

  /** In containers that have the network of their host, each server has ports of its own. */
  @Test
  void shouldTryAServerThatSharesItsHostAtItsOwnPort() {
    List<String> known = List.of("10.0.0.9:8503", "10.0.0.9:8603");
    LeaderPlace said = new LeaderPlace("10.0.0.9:8500", "10.0.0.9:8703");
    hint.named(said, known.get(0), now);
    now += LeaderHint.REFUSED_MILLIS;
    assertThat(hint.due(known, now)).hasValue("10.0.0.9:8703");
  }

  @Test
  void shouldNotGuessThePortOnAHostThatServersShare() {
    List<String> known = List.of("10.0.0.9:8503", "10.0.0.9:8603", "10.0.0.8:9503");
    hint.named(consul("10.0.0.9:8500"), "10.0.0.8:9503", now);
    now += LeaderHint.REFUSED_MILLIS;
    assertThat(hint.due(known, now)).as("10.0.0.9:9503 is nobody's").isEmpty();
    hint.named(consul("10.0.0.7:8500"), "10.0.0.8:9503", now);
    assertThat(hint.due(known, now)).hasValue("10.0.0.7:9503");
  }

  @Test
  void shouldTakeNoWordOfAHanseForAnAddressThatIsNone() {
    hint.named(new LeaderPlace("10.0.0.1:8300", "x".repeat(1_000)), KNOWN.get(0), now);
    now += LeaderHint.REFUSED_MILLIS;
    assertThat(hint.due(KNOWN, now)).isEmpty();
  }
}
