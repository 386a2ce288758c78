package io.hanse.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A leader of three is asked whether one of them can go. */
class RemainderTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private volatile Map<String, Long> silences = Map.of();
  private volatile long nowMillis;
  private final AtomicInteger looks = new AtomicInteger();

  private final Remainder remainder =
      new Remainder(
          "self", new Leader(), RaftSettings.Timing.defaults(), () -> nowMillis * 1_000_000);

  private void silent(long one, long other) {
    silences = Map.of("one", one, "other", other);
  }

  private void awaitLooks() {
    int before = looks.get();
    await().atMost(PATIENCE).until(() -> looks.get() > before + 4);
  }

  @Test
  void shouldWaitForAnAnswerThatIsYoungerThanTheQuestion() {
    silent(100, 400);
    CompletableFuture<Optional<String>> obstacle = remainder.obstacle("one");
    nowMillis = 300;
    silent(0, 700);
    awaitLooks();
    assertThat(obstacle).as("the other may be gone since").isNotDone();
    silent(0, 50);
    assertThat(obstacle).succeedsWithin(PATIENCE).isEqualTo(Optional.empty());
  }

  /** Of whom a new leader has heard nothing it can't know more than that it has not. */
  @Test
  void shouldGiveUpOnceTheOthersAreSilentForTooLong() {
    silent(0, 600);
    CompletableFuture<Optional<String>> obstacle = remainder.obstacle("one");
    silent(0, 1_900);
    nowMillis = 1_300;
    awaitLooks();
    assertThat(obstacle).isNotDone();
    silent(0, 2_100);
    nowMillis = 1_500;
    assertThat(obstacle).succeedsWithin(PATIENCE);
    assertThat(obstacle.join().orElseThrow()).contains("no majority that answers: 1 of 2");
  }

  @Test
  void shouldSayAtOnceWhatItKnows() {
    silent(0, 3_000);
    assertThat(remainder.obstacle("one")).isCompleted();
    assertThat(remainder.obstacle("one").join()).isPresent();
    // Two are left that answer: this one, and the one that did so just now.
    assertThat(remainder.obstacle("other")).isCompletedWithValue(Optional.empty());
    // Without it all are left: no obstacle, however silent they are.
    silent(3_000, 3_000);
    assertThat(remainder.obstacle("stranger")).isCompletedWithValue(Optional.empty());
  }

  private final class Leader extends FakeConsensus {
    Leader() {
      super("self");
      voters = new Voters(Set.of("self", "one", "other"), Set.of());
    }

    @Override
    public Map<String, Long> silences() {
      looks.incrementAndGet();
      return silences;
    }
  }
}
