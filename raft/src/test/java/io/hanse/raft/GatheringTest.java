package io.hanse.raft;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GatheringTest {
  private static final long TOOK = 6_400_000;
  private static final long STEP = 400_000;

  private final Gathering gathering = new Gathering();

  private long step(int queued) {
    return gathering.step(gathering.round(), queued);
  }

  @Test
  void shouldWaitUntilThoseWhoWereAnsweredAreBack() {
    assertThat(gathering.begin(30, 10, TOOK)).isEqualTo(STEP);
    assertThat(gathering.isOn(39)).isTrue();
    assertThat(gathering.isOn(40)).isFalse();
  }

  @Test
  void shouldNotWaitWithFewCommandsNorWithMany() {
    assertThat(gathering.begin(2, 1, TOOK)).isZero();
    assertThat(gathering.isOn(1)).isFalse();
    assertThat(gathering.begin(10, Gathering.MANY, TOOK)).isZero();
    assertThat(gathering.isOn(Gathering.MANY)).isFalse();
  }

  @Test
  void shouldGoOnWhileMoreComeAndForHalfAsLongAsABatchTakes() {
    gathering.begin(30, 10, TOOK);
    long waited = STEP;
    int queued = 10;
    for (long next = step(++queued); next > 0; next = step(++queued)) {
      waited += next;
    }
    assertThat(waited).isEqualTo(TOOK / 2);
    assertThat(gathering.isOn(queued)).isFalse();
  }

  @Test
  void shouldNotWaitLongBehindABatchThatWasHeldUp() {
    assertThat(gathering.begin(30, 10, 2_000_000_000)).isEqualTo(500_000);
    gathering.end(40);
    assertThat(gathering.begin(30, 10, 1_000))
        .as("nor shorter than a timer can")
        .isEqualTo(150_000);
  }

  @Test
  void shouldEndWhenNobodyComes() {
    gathering.begin(30, 10, TOOK);
    assertThat(step(11)).isEqualTo(STEP);
    assertThat(step(11)).isZero();
    assertThat(gathering.isOn(11)).isFalse();
  }

  @Test
  void shouldBeTriedLessAndLessWhereItBringsNothing() {
    int tries = 0;
    for (int batch = 0; batch < 1000; batch++) {
      if (gathering.begin(30, 10, TOOK) > 0) {
        tries++;
        step(11);
        gathering.end(11);
      }
    }
    assertThat(tries).isBetween(15, 25);
    for (int batch = 0; batch < 64 && gathering.begin(30, 10, TOOK) == 0; batch++) {
      assertThat(gathering.isOn(10)).isFalse();
    }
    gathering.end(40);
    assertThat(gathering.begin(30, 10, TOOK)).as("once it has paid").isPositive();
  }

  @Test
  void shouldLeaveALaterWaitAlone() {
    gathering.begin(30, 10, TOOK);
    long first = gathering.round();
    gathering.end(40);
    gathering.begin(40, 0, TOOK);
    assertThat(gathering.step(first, 0)).isZero();
    assertThat(gathering.isOn(0)).isTrue();
  }
}
