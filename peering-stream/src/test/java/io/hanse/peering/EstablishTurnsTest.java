package io.hanse.peering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanse.peering.proto.EstablishCall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class EstablishTurnsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final List<String> begun = new ArrayList<>();
  private final CompletableFuture<Void> first = new CompletableFuture<>();
  private long now;
  private final EstablishTurns turns = new EstablishTurns(PATIENCE, () -> now);

  private CompletableFuture<Void> take(String token, CompletableFuture<Void> answer) {
    return turns.take(
        EstablishCall.newBuilder().setName("beta").setToken(token).build(),
        () -> {
          begun.add(token);
          return answer;
        });
  }

  private CompletableFuture<Void> take(String token) {
    return take(token, CompletableFuture.completedFuture(null));
  }

  @Test
  void shouldBeginOneAfterTheOther() {
    CompletableFuture<Void> one = take("one", first);
    CompletableFuture<Void> two = take("two");
    assertThat(begun).containsExactly("one");
    first.complete(null);
    assertThat(one).isCompleted();
    assertThat(two).isCompleted();
    assertThat(begun).containsExactly("one", "two");
  }

  @Test
  void shouldBeginNothingWhoseAskerHasGivenUp() {
    take("one", first);
    CompletableFuture<Void> two = take("two");
    now = PATIENCE.toNanos() / 2;
    CompletableFuture<Void> three = take("three");
    now = PATIENCE.toNanos();
    first.completeExceptionally(new IllegalStateException("no answer"));
    assertThatThrownBy(two::join).hasMessageContaining("\"beta\" was being established by others");
    assertThat(three).isCompleted();
    assertThat(begun).containsExactly("one", "three");
  }

  /** With the line held up, the name could never be established again. */
  @Test
  void shouldGoOnAfterAnError() {
    CompletableFuture<Void> broken =
        turns.take(
            EstablishCall.newBuilder().setName("beta").setToken("one").build(),
            () -> {
              throw new NoClassDefFoundError("a class that nobody missed");
            });
    assertThatThrownBy(broken::join).hasRootCauseInstanceOf(NoClassDefFoundError.class);
    assertThat(take("two")).isCompleted();
  }

  @Test
  void shouldLetSomeWaitAndNotAll() {
    take("one", first);
    for (int i = 0; i < 8; i++) {
      take("waits-" + i);
    }
    assertThatThrownBy(() -> take("too many")).hasMessageContaining("try again");
    first.complete(null);
    assertThat(take("later")).isCompleted();
  }
}
