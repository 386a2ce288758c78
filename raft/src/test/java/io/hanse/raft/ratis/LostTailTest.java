package io.hanse.raft.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.raft.ratis.LostTail.Follower;
import org.junit.jupiter.api.Test;

/** A leader whose first entry is 10 looks after one follower. */
class LostTailTest {
  private static final long UNKNOWN = -1;
  private static final long AFTER = 150;

  private long now = 1_000;
  private final LostTail tail = new LostTail(10, AFTER, () -> now);

  private static Follower follower(long next, long match) {
    return new Follower(next, match, next, 9, false, true);
  }

  private void isLostFrom(long from, Follower follower) {
    assertThat(tail.look(follower)).isEmpty();
    now += AFTER - 1;
    assertThat(tail.look(follower)).isEmpty();
    now++;
    assertThat(tail.look(follower)).hasValue(from);
    assertThat(tail.look(follower)).as("sent again").isEmpty();
  }

  private void isNotLost(Follower follower) {
    assertThat(tail.look(follower)).isEmpty();
    now += AFTER;
    assertThat(tail.look(follower)).isEmpty();
  }

  @Test
  void shouldSendAgainWhatIsNeitherAnsweredNorUnderWay() {
    isLostFrom(10, follower(12, UNKNOWN));
    isLostFrom(11, follower(12, 10));
  }

  @Test
  void shouldSendNothingAgainThatIsAnsweredOrMayBe() {
    isNotLost(follower(12, 11));
    isNotLost(new Follower(12, 10, 12, 9, true, true));
  }

  @Test
  void shouldLeaveToTheNextEntryWhatNobodyWaitsFor() {
    isNotLost(new Follower(12, 10, 12, 11, false, true));
    isNotLost(new Follower(12, 10, 13, 9, false, true));
  }

  /** All of a long log, again and again, to one that is down. */
  @Test
  void shouldSendNothingAgainToOneThatDoesNotAnswer() {
    isNotLost(new Follower(9_000, 10, 9_000, 8_998, false, false));
  }

  @Test
  void shouldCountAnewWhereSomethingWasSentSince() {
    assertThat(tail.look(follower(12, 10))).isEmpty();
    now += AFTER;
    assertThat(tail.look(follower(13, 10))).isEmpty();
  }
}
