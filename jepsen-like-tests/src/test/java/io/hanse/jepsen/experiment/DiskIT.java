package io.hanse.jepsen.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hanse.jepsen.lab.Cluster;
import io.hanse.jepsen.lab.Distribution;
import io.hanse.jepsen.lab.Lab;
import io.hanse.jepsen.lab.ServerProcess;
import io.hanse.jepsen.lab.Shim;
import io.hanse.jepsen.lab.Shim.Lie;
import io.hanse.jepsen.lab.ShimLibrary;
import io.hanse.jepsen.workload.SetWorkload;
import io.hanse.jepsen.workload.Site;
import io.hanse.jepsen.workload.Workload;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One server that has nobody to get anything back from: what its disk loses is lost. */
class DiskIT {
  private static final int CLIENTS = 4;
  private static final int ANSWERS = 100;
  private static final int EXIT_OF_A_SERVER_THAT_MUST_NOT_GO_ON = 70;
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final long POLL_NANOS = Duration.ofMillis(20).toNanos();

  @TempDir private Path folder;
  private final SplittableRandom torn = new SplittableRandom(1);
  private Cluster cluster;
  private ServerProcess server;

  @BeforeEach
  void start() throws Exception {
    Optional<Path> library = ShimLibrary.build(folder);
    assumeTrue(library.isPresent(), "there is no gcc");
    Lab lab = new Lab(Optional.empty(), library);
    cluster = Cluster.start(Distribution.underTest(), folder, "dc1", lab, 1);
    server = cluster.servers().get(0);
  }

  @AfterEach
  void stop() {
    if (cluster != null) {
      cluster.close();
    }
  }

  @Test
  void shouldKeepWhatWasAcknowledged() throws Exception {
    Workload.Verdict verdict = cutPowerWhileClientsWrite(Set.of(), 3);
    assertThat(verdict.isGood()).as("%s", verdict).isTrue();
  }

  @Test
  void shouldConvictALogThatIsNotForced() throws Exception {
    Workload.Verdict verdict = cutPowerWhileClientsWrite(Set.of(Lie.LOG), 1);
    assertThat(verdict.faults()).as("%s", verdict).isNotEmpty();
  }

  @Test
  void shouldStopWhenTheDiskIsFullAndComeBackWhenThereIsRoom() throws Exception {
    Site site = Site.of(List.of(server.http()));
    Workload workload = new SetWorkload(site, CLIENTS, 8);
    try (workload) {
      awaitAnswers(site, ANSWERS);
      server.shim().orElseThrow().turn(Shim.Disk.FULL, 0);
      assertThat(server.awaitEnd(PATIENCE)).isTrue();
      assertThat(server.stop()).isEqualTo(EXIT_OF_A_SERVER_THAT_MUST_NOT_GO_ON);
      assertThat(server.tail()).contains("this server stops").contains("No space left");
      server.shim().orElseThrow().turn(Shim.Disk.WELL, 0);
      server.start();
      cluster.awaitLeader();
    }
    Workload.Verdict verdict = workload.verdict();
    assertThat(verdict.isGood()).as("%s", verdict).isTrue();
  }

  private Workload.Verdict cutPowerWhileClientsWrite(Set<Lie> lies, int cuts) throws Exception {
    Site site = Site.of(List.of(server.http()));
    Workload workload = new SetWorkload(site, CLIENTS, 7);
    try (workload) {
      server.shim().orElseThrow().lie(lies);
      for (int i = 0; i < cuts; i++) {
        awaitAnswers(site, site.pulse().answered() + ANSWERS);
        System.out.println(cluster.cutPower(List.of(server), torn));
        server.start();
        cluster.awaitLeader();
      }
    }
    return workload.verdict();
  }

  private static void awaitAnswers(Site site, long count) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (site.pulse().answered() < count && System.nanoTime() < end) {
      LockSupport.parkNanos(POLL_NANOS);
    }
  }
}
