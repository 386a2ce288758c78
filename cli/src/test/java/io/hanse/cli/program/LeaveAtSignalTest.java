package io.hanse.cli.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** An agent that is to leave before it ends. */
class LeaveAtSignalTest {
  private final AtomicInteger asked = new AtomicInteger();

  /** The exit codes with which it ended. */
  private final List<Integer> ends = new CopyOnWriteArrayList<>();

  private Optional<CompletableFuture<Void>> leaving = Optional.of(new CompletableFuture<>());

  private LeaveAtSignal withPatience(Duration patience) {
    return new LeaveAtSignal(
        () -> {
          asked.incrementAndGet();
          return leaving;
        },
        patience,
        ends::add);
  }

  private CompletableFuture<Void> hear(LeaveAtSignal leave) {
    return CompletableFuture.runAsync(leave::heard);
  }

  @Test
  void shouldEndOnceItHasLeft() {
    CompletableFuture<Void> heard = hear(withPatience(Duration.ofSeconds(60)));
    await().until(() -> asked.get() == 1);
    assertThat(ends).isEmpty();
    leaving.orElseThrow().complete(null);
    assertThat(heard).succeedsWithin(Duration.ofSeconds(20));
    assertThat(ends).containsExactly(0);
  }

  @Test
  void shouldEndWhereItCannotLeave() {
    leaving = Optional.of(CompletableFuture.failedFuture(new IllegalStateException("no leader")));
    withPatience(Duration.ofSeconds(60)).heard();
    assertThat(ends).containsExactly(1);
  }

  @Test
  void shouldEndWhereItTakesTooLong() {
    withPatience(Duration.ofMillis(10)).heard();
    assertThat(ends).containsExactly(1);
  }

  @Test
  void shouldEndAtOnceWhenItIsToldAgain() {
    LeaveAtSignal leave = withPatience(Duration.ofSeconds(60));
    CompletableFuture<Void> first = hear(leave);
    await().until(() -> asked.get() == 1);
    leave.heard();
    assertThat(ends).containsExactly(1);
    assertThat(asked).hasValue(1);
    assertThat(first).isNotDone();
    leaving.orElseThrow().complete(null);
  }

  @Test
  void shouldEndAtOnceBeforeItHasStarted() {
    leaving = Optional.empty();
    withPatience(Duration.ofSeconds(60)).heard();
    assertThat(ends).containsExactly(0);
  }
}
