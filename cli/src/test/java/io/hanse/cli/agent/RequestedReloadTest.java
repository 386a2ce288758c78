package io.hanse.cli.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RequestedReloadTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  private static void assertFails(CompletableFuture<Void> reload, ProblemCode code, String text) {
    assertThatThrownBy(() -> reload.get(10, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .satisfies(
            failure -> {
              assertThat(failure.getCause()).isInstanceOf(ProblemException.class);
              assertThat(((ProblemException) failure.getCause()).code()).isEqualTo(code);
            })
        .hasMessageContaining(text);
  }

  @Test
  void shouldRefuseWhileTheServerStarts() {
    assertFails(
        new RequestedReload(Runnable::run, LONG).run(),
        ProblemCode.FAILED_PRECONDITION,
        "still starting");
  }

  @Test
  void shouldTellWhatFailed() {
    RequestedReload reload = new RequestedReload(Runnable::run, LONG);
    reload.open(
        () -> {
          throw new ProblemException(ProblemCode.FAILED_PRECONDITION, "not the key of it");
        });
    assertFails(reload.run(), ProblemCode.FAILED_PRECONDITION, "not the key of it");
  }

  @Test
  void shouldTellWhenNothingWasReloadedInTime() {
    RequestedReload reload = new RequestedReload(task -> {}, Duration.ofMillis(1));
    reload.open(() -> {});
    assertFails(reload.run(), ProblemCode.DEADLINE_EXCEEDED, "nothing was reloaded within");
  }

  @Test
  void shouldAnswerOnceItIsDone() {
    int[] times = new int[1];
    RequestedReload reload = new RequestedReload(Runnable::run, LONG);
    reload.open(() -> times[0]++);
    assertThat(reload.run()).isCompleted();
    assertThat(times[0]).isOne();
  }
}
