package io.hanse.jepsen.workload;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.jepsen.check.LinearizabilityChecker;
import io.hanse.jepsen.faults.Nemesis;
import io.hanse.jepsen.history.History;
import io.hanse.jepsen.history.Operation.Kind;
import io.hanse.jepsen.lab.Cluster;
import io.hanse.jepsen.lab.Distribution;
import io.hanse.jepsen.lab.LyingProxy;
import io.hanse.jepsen.lab.ServerProcess;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Registers of three servers under kills, pauses and restarts. Short by default: {@code
 * -Dhanse.faults=N} sets how many faults, {@code -Dhanse.seed=N} which.
 */
class RegisterIT {
  private static final Duration FAULT = Duration.ofSeconds(4);
  private static final Duration CALM = Duration.ofSeconds(3);
  private static final LinearizabilityChecker CHECKER =
      new LinearizabilityChecker(Duration.ofSeconds(20).toNanos());

  /** One lie may go unseen, under a write that follows at once; so many do not. */
  private static final int LIES = 20;

  private static final Duration LIES_PATIENCE = Duration.ofMinutes(1);
  private static final long POLL_NANOS = Duration.ofMillis(20).toNanos();

  @TempDir private Path folder;

  @Test
  @Timeout(value = 4, unit = TimeUnit.HOURS)
  void shouldStayLinearizableUnderKillsPausesAndRestarts() throws Exception {
    long seed = Long.getLong("hanse.seed", System.nanoTime());
    int faults = Integer.getInteger("hanse.faults", 4);
    try (Cluster cluster = Cluster.start(Distribution.underTest(), folder, "dc1", 3)) {
      History history;
      List<URI> servers = cluster.servers().stream().map(ServerProcess::http).toList();
      try (RegisterWorkload workload = new RegisterWorkload(servers, 2, seed)) {
        history = workload.history();
        for (Nemesis nemesis : Nemesis.schedule(seed, faults)) {
          let(CALM);
          nemesis.begin(cluster);
          let(FAULT);
          nemesis.end(cluster);
          cluster.awaitLeader();
        }
        let(CALM);
      }
      String story =
          "seed %d, %d operations, %d unknown"
              .formatted(seed, history.all().size(), history.unknown());
      System.out.println(story);
      for (Kind kind : List.of(Kind.READ, Kind.WRITE, Kind.CAS)) {
        assertThat(history.count(kind)).as("%s: nothing to judge of %s", story, kind).isPositive();
      }
      LinearizabilityChecker.Verdict verdict = CHECKER.check(history.byKey());
      assertThat(verdict.isLinearizable()).as("%s%n%s", story, verdict).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void shouldConvictASystemThatLies(LyingProxy.Lie lie) throws Exception {
    try (Cluster cluster = Cluster.start(Distribution.underTest(), folder, "dc1", 1);
        LyingProxy liar = new LyingProxy(cluster.servers().get(0).http(), lie)) {
      History history;
      try (RegisterWorkload workload = new RegisterWorkload(List.of(liar.uri()), 4, 1)) {
        history = workload.history();
        await(liar);
      }
      assertThat(liar.lies()).isGreaterThanOrEqualTo(LIES);
      assertThat(CHECKER.check(history.byKey()).violations())
          .as("%d lies in %d operations", liar.lies(), history.all().size())
          .isNotEmpty();
    }
  }

  /** A machine that is busy lies slowly: what counts is how often, not how long. */
  private static void await(LyingProxy liar) {
    long end = System.nanoTime() + LIES_PATIENCE.toNanos();
    while (liar.lies() < LIES && System.nanoTime() < end) {
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  /**
   * Lets clients and faults go on: the duration is part of the experiment, nothing waits for it.
   */
  private static void let(Duration duration) {
    long end = System.nanoTime() + duration.toNanos();
    while (System.nanoTime() < end) {
      LockSupport.parkNanos(end - System.nanoTime());
    }
  }
}
