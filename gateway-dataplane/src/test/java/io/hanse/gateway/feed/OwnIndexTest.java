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
    assertThat(round()).isTrue();
    assertThat(own.said()).isZero();

    own.heard(3);
    own.heard(4);
    assertThat(own.said()).isEqualTo(4);
  }

  /** It is for the round that follows, and not for a server that is found hours later. */
  @Test
  void shouldTakeWhatIsOlderInTheNextRoundOnly() {
    own.heard(7);
    round(BEHIND);
    assertThat(round(AWAY)).isTrue();
    assertThat(round()).isFalse();
    assertThat(own.said()).isEqualTo(7);
  }

  /** Its own network may be gone meanwhile: that says nothing of the servers. */
  @Test
  void shouldCountNoTimeInWhichNobodyRefused() {
    own.heard(7);
    round(BEHIND, AWAY);
    for (int i = 0; i < 100; i++) {
      assertThat(round(AWAY, AWAY)).isFalse();
    }
    assertThat(round(BEHIND, AWAY)).isFalse();
    assertThat(round(AWAY, AWAY)).isFalse();
    assertThat(own.said()).isEqualTo(7);
  }

  /** Those that are away may know better. */
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
