package io.hanse.http.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hanse.http.ApiFixture;
import io.hanse.http.RawClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class SlowClientIT {
  private static final int VALUES = 24;
  private static final String VALUE = "v".repeat(500_000);

  /** One connection of a client at a time: a second one tells whether the first is still there. */
  private static final HttpSettings SETTINGS =
      HttpSettings.DEFAULTS.withLimits(
          HttpSettings.Limits.DEFAULTS
              .withConnectionsPerClientMax(1)
              .withIdle(Duration.ofMillis(200)));

  @Test
  void shouldNotKeepAnAnswerThatNobodyTakes() throws IOException {
    try (ApiFixture fixture = new ApiFixture(SETTINGS)) {
      for (int i = 0; i < VALUES; i++) {
        String path = "/v1/kv/large/" + i;
        await().until(() -> isAnswered(() -> fixture.put(path, VALUE)));
      }
      AtomicReference<RawClient> asking = new AtomicReference<>();
      await().until(() -> asks(fixture, asking));
      try {
        await()
            .atMost(Duration.ofSeconds(30))
            .until(() -> isAnswered(() -> fixture.get("/v1/status/leader")));
      } finally {
        asking.get().close();
      }
    }
  }

  /** Asks for more than the sockets between the two have room for, and takes little of it. */
  private static boolean asks(ApiFixture fixture, AtomicReference<RawClient> asking)
      throws IOException {
    RawClient client = new RawClient(fixture.address);
    client.send("GET", "/v1/kv/large?recurse", Map.of(), null);
    boolean isLetIn = client.receiveStart().contains("200");
    if (isLetIn) {
      assertThat(isAnswered(() -> fixture.get("/v1/status/leader"))).isFalse();
      asking.set(client);
    } else {
      client.close();
    }
    return isLetIn;
  }

  private static boolean isAnswered(Supplier<RawClient.Response> request) {
    try {
      return request.get().status() == 200;
    } catch (UncheckedIOException e) {
      return false;
    }
  }
}
