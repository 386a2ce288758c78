package io.hanse.peering.transport;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanse.peering.link.LinkException;
import io.hanse.peering.link.LinkTarget;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class GrpcDialerTest {
  /** Who waits for it does nothing else until then. */
  @Test
  void shouldAnswerThoughNoCallbackEverComes() {
    GrpcDialer dialer = new GrpcDialer(task -> {});
    CompletableFuture<String> answer =
        dialer.redeem(
            new LinkTarget("127.0.0.1:1", "", List.of()),
            "peer",
            "secret",
            "",
            Duration.ofMillis(1));
    assertThatThrownBy(() -> answer.get(20, TimeUnit.SECONDS))
        .hasCauseInstanceOf(LinkException.class)
        .hasMessageContaining("no answer from 127.0.0.1:1 in time");
  }
}
