package io.hanse.jepsen.faults;

import io.hanse.jepsen.lab.Cluster;
import io.hanse.jepsen.lab.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Flips a byte in snapshots of a server that is down. It must pass them over and say so, take the
 * one before, the log or what the others have, and come back by itself.
 */
final class DamagedSnapshot implements Nemesis {
  /** Which of them. */
  enum Which {
    NEWEST,
    ALL
  }

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long POLL_NANOS = 100_000_000;
  private static final String WORDS = "snapshot is damaged and set aside";

  private final Which which;
  private final int draw;
  private @Nullable ServerProcess victim;
  private long saidBefore;

  DamagedSnapshot(Which which, int draw) {
    this.which = which;
    this.draw = draw;
  }

  @Override
  public void begin(Cluster cluster) throws IOException, InterruptedException {
    ServerProcess one = Targets.follower(cluster, draw);
    victim = one;
    saidBefore = said(one);
    awaitTrue(() -> one.snapshots().size() > 1);
    one.kill();
    List<Path> snapshots = one.snapshots();
    int first = which == Which.ALL ? 0 : snapshots.size() - 1;
    for (Path snapshot : snapshots.subList(first, snapshots.size())) {
      byte[] bytes = Files.readAllBytes(snapshot);
      bytes[bytes.length / 2] ^= 1;
      Files.write(snapshot, bytes);
    }
    one.start();
  }

  @Override
  public boolean isFelt(Cluster cluster) throws IOException {
    ServerProcess one = victim;
    return one != null && awaitTrue(() -> said(one) > saidBefore);
  }

  private static long said(ServerProcess server) {
    return server.said().stream().filter(line -> line.contains(WORDS)).count();
  }

  /** Nothing is undone: the fault is over when it answers and votes again. */
  @Override
  public void end(Cluster cluster) {}

  @FunctionalInterface
  private interface Condition {
    boolean holds() throws IOException;
  }

  /** Whether it came true in time. */
  private static boolean awaitTrue(Condition condition) throws IOException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.holds()) {
      if (System.nanoTime() > end) {
        return false;
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
    return true;
  }

  @Override
  public String toString() {
    return "damage " + Targets.words(which) + " of a follower's snapshots";
  }
}
