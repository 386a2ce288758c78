package io.hanse.peering;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.peering.replication.SimCommands;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A call that comes before a new cluster has its authority. */
class AwaitedAuthorityTest {
  private static final String OWN_ID = "0a000000-0000-4000-8000-000000000001";

  private final LocalCluster cluster = new LocalCluster();

  @AfterEach
  void close() {
    cluster.close();
  }

  @Test
  void shouldGoOnOnceTheAuthorityIsThere() throws Exception {
    CompletableFuture<Void> awaited =
        new AwaitedAuthority(cluster, Duration.ofMinutes(5)).awaited();
    assertThat(awaited).isNotDone();

    cluster.submit(SimCommands.initialize(OWN_ID, "dc")).join();

    awaited.get(20, TimeUnit.SECONDS);
    assertThat(new AwaitedAuthority(cluster, Duration.ofMinutes(5)).awaited()).isCompleted();
  }

  @Test
  void shouldNotWaitForEver() throws Exception {
    new AwaitedAuthority(cluster, Duration.ofMillis(20)).awaited().get(20, TimeUnit.SECONDS);
  }
}
