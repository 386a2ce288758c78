package io.hanse.peering.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.link.LinkStatus.Code;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** When a dialer tries again, on a clock of the test's own. */
class DialPaceTest {
  private final DialPace pace = new DialPace(0);
  private long now = 60_000;

  private List<Long> delays(Code code, int addresses, int count) {
    return delays(LinkStatus.of(code, ""), addresses, count);
  }

  private List<Long> delays(LinkStatus failure, int addresses, int count) {
    List<Long> delays = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long delay = pace.delayMillis(failure, addresses, now);
      delays.add(delay);
      now += delay;
    }
    return delays;
  }

  @Test
  void shouldWaitLongerForOneAddressWhereNobodyAnswersButNeverForLong() {
    assertThat(delays(Code.UNAVAILABLE, 1, 5))
        .containsExactly(2_000L, 4_000L, 4_000L, 4_000L, 4_000L);
  }

  @Test
  void shouldTryAllAddressesBeforeItWaits() {
    assertThat(delays(Code.UNAVAILABLE, 3, 6))
        .containsExactly(100L, 100L, 2_000L, 100L, 100L, 4_000L);
  }

  @Test
  void shouldNotSleepThroughAnElection() {
    List<Long> delays = delays(Code.FAILED_PRECONDITION, 3, 100);
    assertThat(delays.subList(0, 5)).containsOnly(8L);
    assertThat(delays).allMatch(delay -> delay <= 500);
    assertThat(delays(Code.UNAVAILABLE, 1, 1))
        .as("what servers refused while they elected is no row of failures")
        .containsExactly(2_000L);
  }

  /** One of three is dead, and the others elect. */
  @Test
  void shouldNotWaitForADeadServerWhereOthersAnswer() {
    for (int round = 0; round < 20; round++) {
      assertThat(delays(Code.UNAVAILABLE, 3, 1)).containsExactly(100L);
      assertThat(delays(Code.FAILED_PRECONDITION, 3, 2)).allMatch(delay -> delay <= 500);
    }
  }

  @Test
  void shouldHurryAfterTheLossOfAGoodStream() {
    pace.lost(now);
    assertThat(delays(Code.CANCELLED, 1, 30)).containsOnly(100L);
    assertThat(delays(Code.CANCELLED, 1, 1)).containsExactly(2_000L);
  }

  @Test
  void shouldHurryWhereThisServerHasJustBegunToLead() {
    now = 0;
    assertThat(delays(Code.PERMISSION_DENIED, 1, 1))
        .as("a refusal is no matter of time")
        .containsExactly(2_000L);
    now = 0;
    assertThat(delays(Code.UNAVAILABLE, 1, 30)).containsOnly(100L);
  }

  @Test
  void shouldNotHurryWhereANameIsUnknown() {
    LinkStatus unknown = new LinkStatus(Code.UNAVAILABLE, "", Optional.empty(), true);
    now = 0;
    assertThat(delays(unknown, 1, 4)).containsExactly(2_000L, 4_000L, 4_000L, 4_000L);
    pace.lost(now);
    assertThat(delays(unknown, 1, 2)).containsExactly(2_000L, 4_000L);
    pace.lost(now);
    assertThat(delays(unknown, 3, 4))
        .as("the other addresses are tried all the same")
        .containsExactly(100L, 100L, 2_000L, 100L);
  }

  @Test
  void shouldNotHurryWhereTheOtherClusterHasEnough() {
    now = 0;
    assertThat(delays(Code.RESOURCE_EXHAUSTED, 3, 3)).containsOnly(8_192L);
    pace.lost(now);
    assertThat(delays(Code.RESOURCE_EXHAUSTED, 3, 3)).containsOnly(8_192L);
  }

  @Test
  void shouldTellOfTheFirstFailureOfARow() {
    delays(Code.UNAVAILABLE, 2, 1);
    assertThat(pace.isNews()).isFalse();
    delays(Code.UNAVAILABLE, 2, 1);
    assertThat(pace.isNews()).isTrue();
    delays(Code.UNAVAILABLE, 2, 2);
    assertThat(pace.isNews()).isFalse();
    pace.begin();
    delays(Code.UNAVAILABLE, 1, 1);
    assertThat(pace.isNews()).isTrue();
  }
}
