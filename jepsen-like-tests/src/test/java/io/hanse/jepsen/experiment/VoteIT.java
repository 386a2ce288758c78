package io.hanse.jepsen.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hanse.jepsen.check.LeaderTerms;
import io.hanse.jepsen.lab.Cluster;
import io.hanse.jepsen.lab.Distribution;
import io.hanse.jepsen.lab.Lab;
import io.hanse.jepsen.lab.ServerProcess;
import io.hanse.jepsen.lab.Shim;
import io.hanse.jepsen.lab.Shim.Lie;
import io.hanse.jepsen.lab.ShimLibrary;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A vote that is given and forgotten lets a term have two leaders. The window is from the vote to
 * the first entry of the new leader that is forced, which brings the vote along: it is held open by
 * a log that is not forced.
 */
class VoteIT {
  private static final int ROUNDS = 6;
  private static final int ATTEMPTS = 10;
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final long POLL_NANOS = Duration.ofMillis(50).toNanos();

  @TempDir private Path folder;
  private final SplittableRandom torn = new SplittableRandom(1);
  private Cluster cluster;

  @Test
  void shouldKeepAVoteThroughAPowerCutAndConvictADiskThatDoesNot() throws Exception {
    Optional<Path> library = ShimLibrary.build(folder);
    assumeTrue(library.isPresent(), "there is no gcc");
    Lab lab = new Lab(Optional.empty(), library);
    try (Cluster started = Cluster.start(Distribution.underTest(), folder, "dc1", lab, 3)) {
      cluster = started;
      cutPowerOfAVoter(Set.of());
      assertThat(terms().faults()).isEmpty();
      // On a busy machine the leader before may be elected by the third server, or too late.
      for (int attempt = 0; terms().faults().isEmpty() && attempt < ATTEMPTS; attempt++) {
        for (ServerProcess server : cluster.servers()) {
          server.start();
        }
        cluster.awaitLeader();
        cutPowerOfAVoter(Set.of(Lie.FOLDER));
      }
      assertThat(terms().faults()).as("terms until %d", terms().last()).isNotEmpty();
    }
  }

  /**
   * A leader is elected by the vote of one server, whose power is then cut; that one elects another
   * together with the leader before, who knows nothing of this.
   */
  private void cutPowerOfAVoter(Set<Lie> lies) throws Exception {
    ServerProcess old = cluster.leader().orElseThrow();
    List<ServerProcess> others =
        cluster.servers().stream().filter(server -> server != old).toList();
    ServerProcess voter = others.get(0);
    ServerProcess elected = others.get(1);
    Shim disk = voter.shim().orElseThrow();
    disk.lie(lies);
    disk.turn(Shim.Disk.HELD_LOG, 0);
    long before = terms().last();
    old.kill();
    await(() -> terms().last() > before);
    elected.kill();
    long term = terms().last();
    System.out.println(cluster.cutPower(List.of(voter), torn) + " after its vote in term " + term);
    disk.lie(Set.of());
    voter.start();
    // Mostly the first one; the votes of the first term may have been split, then and now.
    for (int round = 0; terms().electionsSince(term) < 2 && round < ROUNDS; round++) {
      old.kill();
      int seen = terms().electionsSince(0);
      old.start();
      await(() -> terms().electionsSince(0) > seen);
    }
    assertThat(terms().electionsSince(term)).isGreaterThan(1);
  }

  private LeaderTerms terms() {
    LeaderTerms terms = new LeaderTerms();
    for (ServerProcess server : cluster.servers()) {
      terms.add(server.name(), server.said());
    }
    return terms;
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("no leader was elected in time").isLessThan(end);
      LockSupport.parkNanos(POLL_NANOS);
    }
  }
}
