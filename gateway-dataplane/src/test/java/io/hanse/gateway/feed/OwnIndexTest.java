package io.hanse.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.peering.link.LinkStatus;
import org.junit.jupiter.api.Test;

class OwnIndexTest {
  private static final LinkStatus BEHIND = LinkStatus.of(LinkStatus.Code.OUT_OF_RANGE, "behind");
  private static final LinkStatus AWAY = LinkStatus.of(LinkStatus.Code.UNAVAILABLE, "away");

  private final OwnIndex own = new OwnIndex();
  private long now = 1;

  private boolean round(LinkStatus... ends) {
    boolean begins = own.beginRound(now);
    for (LinkStatus end : ends) {
      now += 5_000;
      own.ended(end, now);
    }
    return begins;
  }

  @Test
  void shouldSayTheNewestThatItWasTold() {
    assertThat(own.said()).isZero();
    own.heard(7);
    own.heard(5);
    own.heard(0);
    assertThat(own.said()).isEqualTo(7);
  }

  @Test
  void shouldTakeWhatIsOlderOnceAllServersAreBehind() {
    own.heard(7);
    assertThat(round(AWAY, AWAY)).isFalse();
    assertThat(round(BEHIND, AWAY)).isFalse();
    assertThat(round(BEHIND, BEHIND)).isFalse();
    assertThat(own.said()).isEqualTo(7);
    assertThat(round(AWAY)).isTrue();
    assertThat(own.said()).isZero();
    assertThat(round()).as("told once").isFalse();

    own.heard(3);
    own.heard(4);
    assertThat(own.said()).isEqualTo(4);
  }

  /** Without a leader a server may be behind for as long as that lasts. */
  @Test
  void shouldKeepWhatItHasForLongWhereOthersCannotBeReached() {
    own.heard(7);
    long since = now + 5_000;
    boolean begins = false;
    while (!begins) {
      begins = round(BEHIND, AWAY);
    }
    assertThat(now - 10_000 - since).isBetween(600_000L, 610_000L);
    own.heard(3);
    assertThat(round(BEHIND, AWAY)).isFalse();
    assertThat(own.said()).isEqualTo(3);
  }
}
