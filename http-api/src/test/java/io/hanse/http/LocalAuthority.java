package io.hanse.http;

import io.hanse.identity.CaService;
import io.hanse.identity.CaSettings;
import io.hanse.identity.LeafCache;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicReference;

/** A certificate authority over a cluster in this process, by a clock that only the test moves. */
public final class LocalAuthority implements AutoCloseable {
  public final LocalCluster cluster = new LocalCluster();
  public final ScheduledExecutorService signing = Executors.newScheduledThreadPool(1);

  /** The log of this cluster begins at the epoch. */
  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);

  public final CaService service =
      new CaService(
          CaSettings.defaults("dc1"),
          cluster,
          cluster,
          () -> UUID.randomUUID().toString(),
          this::now,
          signing);

  public Instant now() {
    return now.get();
  }

  public void pass(Duration time) {
    now.updateAndGet(instant -> instant.plus(time));
  }

  /** A new one, which has signed nothing yet. */
  public LeafCache leaves() {
    return new LeafCache(service, this::now, signing);
  }

  @Override
  public void close() {
    signing.shutdownNow();
    cluster.close();
  }
}
