package io.hanse.jepsen.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.jepsen.lab.Cluster;
import io.hanse.jepsen.lab.Distribution;
import io.hanse.jepsen.lab.LyingProxy;
import io.hanse.jepsen.lab.LyingProxy.Lie;
import io.hanse.jepsen.workload.ExportWorkload;
import io.hanse.jepsen.workload.LockWorkload;
import io.hanse.jepsen.workload.RegisterWorkload;
import io.hanse.jepsen.workload.SetWorkload;
import io.hanse.jepsen.workload.Site;
import io.hanse.jepsen.workload.WatchWorkload;
import io.hanse.jepsen.workload.Workload;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A laboratory that never convicts proves nothing: each kind of fault, planted, is found. */
class ConvictionIT {
  /** One lie may go unseen, under a write that follows at once; so many do not. */
  private static final int LIES = 20;

  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final long POLL_NANOS = Duration.ofMillis(20).toNanos();

  @TempDir private static Path folder;
  private static Cluster cluster;

  @BeforeAll
  static void start() throws Exception {
    cluster = Cluster.start(Distribution.underTest(), folder, "dc1", 1);
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @Test
  void shouldConvictAStaleRead() throws Exception {
    convict(Lie.STALE_READ, site -> RegisterWorkload.ofKeys(site, 4, 1));
  }

  @Test
  void shouldConvictALostWrite() throws Exception {
    convict(Lie.LOST_WRITE, site -> RegisterWorkload.ofKeys(site, 4, 2));
  }

  @Test
  void shouldConvictALostElement() throws Exception {
    convict(Lie.LOST_WRITE, site -> new SetWorkload(site, 4, 3));
  }

  @Test
  void shouldConvictATornTransaction() throws Exception {
    convict(Lie.TORN_TRANSACTION, site -> RegisterWorkload.ofPairs(site, 4, 4));
  }

  @Test
  void shouldConvictALockOfTwo() throws Exception {
    convict(Lie.DOUBLE_LOCK, site -> new LockWorkload(site, 4, 5));
  }

  @Test
  void shouldConvictAWatchThatGoesBack() throws Exception {
    convict(Lie.OLD_SIGHT, site -> new WatchWorkload(site, 6));
  }

  @Test
  void shouldConvictALostImport() throws Exception {
    try (Cluster exporter = Cluster.start(Distribution.underTest(), folder, "dc2", 1)) {
      Site exports = Site.of(List.of(exporter.servers().get(0).http()));
      convict(Lie.LOST_IMPORT, site -> started(exports, site));
    }
  }

  private static Workload started(Site exporter, Site importer) {
    try {
      return new ExportWorkload(exporter, importer, 7);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void convict(Lie lie, Function<Site, Workload> start) throws Exception {
    URI honest = cluster.servers().get(0).http();
    try (LyingProxy liar = new LyingProxy(honest, lie)) {
      Workload workload = start.apply(Site.of(List.of(liar.uri())));
      try (workload) {
        await(liar);
      }
      assertThat(liar.lies()).isGreaterThanOrEqualTo(LIES);
      assertThat(workload.verdict().faults()).as(workload.verdict().counts()).isNotEmpty();
    }
  }

  /** A machine that is busy lies slowly: what counts is how often, not how long. */
  private static void await(LyingProxy liar) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (liar.lies() < LIES && System.nanoTime() < end) {
      LockSupport.parkNanos(POLL_NANOS);
    }
  }
}
