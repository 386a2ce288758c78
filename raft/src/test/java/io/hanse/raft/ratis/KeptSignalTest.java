package io.hanse.raft.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class KeptSignalTest {
  private final KeptSignal signal = new KeptSignal("test");

  @Test
  void shouldKeepASignalThatCameEarlyAndOnlyOnce() throws Exception {
    signal.signal();
    signal.signal();
    assertThat(signal.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(signal.await(1, TimeUnit.MILLISECONDS)).isFalse();
  }

  @Test
  void shouldWakeWhoeverWaits() throws Exception {
    CompletableFuture<Boolean> woken = new CompletableFuture<>();
    Thread waiter =
        new Thread(
            () -> {
              try {
                woken.complete(signal.await(20, TimeUnit.SECONDS));
              } catch (InterruptedException e) {
                woken.completeExceptionally(e);
              }
            });
    waiter.start();
    signal.signal();
    assertThat(woken.get(20, TimeUnit.SECONDS)).isTrue();
    waiter.join(20_000);
  }

  @Test
  void shouldNotWaitWithoutTime() throws Exception {
    assertThat(signal.await(0, TimeUnit.MILLISECONDS)).isFalse();
  }
}
