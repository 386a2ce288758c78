package io.hanse.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class QuorumNewsTest {
  private boolean isLed = true;
  private Set<String> voters = Set.of("a", "b", "c");
  private Set<String> reached = Set.of();
  private long seconds = 100;
  private final QuorumNews news =
      new QuorumNews(
          "a",
          () -> isLed,
          () -> voters,
          id -> reached.contains(id),
          () -> {},
          () -> seconds * 1_000_000_000);

  /** When it was due within some seconds. */
  private String dueWithin(int count) {
    StringBuilder due = new StringBuilder();
    for (int i = 0; i < count; i++) {
      seconds++;
      if (news.isDue()) {
        due.append(i).append(' ');
      }
    }
    return due.toString();
  }

  @Test
  void shouldSayThatThereIsNoQuorumAfterAWhileAndThenEachMinute() {
    assertThat(dueWithin(30)).isEmpty();
    isLed = false;
    assertThat(dueWithin(140)).isEqualTo("10 70 130 ");
    assertThat(news.line())
        .isEqualTo(
            "no quorum, nothing can be written: this server reaches 1 of 3 voters for_s=139");
    isLed = true;
    assertThat(dueWithin(1)).isEmpty();
    isLed = false;
    assertThat(dueWithin(11)).isEqualTo("10 ");
  }

  @Test
  void shouldNotMissAQuorumThatIsThereOrThatItIsNoPartOf() {
    isLed = false;
    reached = Set.of("b");
    assertThat(dueWithin(11)).isEqualTo("10 ");
    assertThat(news.line()).isEqualTo("no leader: this server reaches 2 of 3 voters for_s=10");
    voters = Set.of("b", "c");
    assertThat(dueWithin(100)).isEmpty();
  }
}
