package io.hanse.fsm.port;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AttemptTest {
  static Throwable[] thrown() {
    return new Throwable[] {
      new IllegalStateException("a mistake"), new NoClassDefFoundError("a class that nobody missed")
    };
  }

  @ParameterizedTest
  @MethodSource("thrown")
  void shouldFailByItsFutureAlone(Throwable thrown) {
    CompletableFuture<String> answer =
        Attempt.of(
            () -> {
              if (thrown instanceof Error error) {
                throw error;
              }
              throw (RuntimeException) thrown;
            });
    assertThat(answer)
        .failsWithin(Duration.ZERO)
        .withThrowableThat()
        .havingCause()
        .isSameAs(thrown);
  }

  @Test
  void shouldBeWhatWasBegun() {
    CompletableFuture<String> begun = new CompletableFuture<>();
    assertThat(Attempt.of(() -> begun)).isSameAs(begun);
  }
}
