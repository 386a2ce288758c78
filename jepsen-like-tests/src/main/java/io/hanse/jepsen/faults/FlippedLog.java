package io.hanse.jepsen.faults;

import io.hanse.jepsen.lab.Cluster;
import io.hanse.jepsen.lab.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Flips a byte in the log of a server that is down. It must refuse to start, and say where the
 * damage is; then it loses its disk and joins anew.
 */
final class FlippedLog implements Nemesis {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final int draw;
  private @Nullable ServerProcess victim;

  FlippedLog(int draw) {
    this.draw = draw;
  }

  @Override
  public void begin(Cluster cluster) throws IOException, InterruptedException {
    ServerProcess one = Targets.follower(cluster, draw);
    victim = one;
    one.kill();
    List<Path> segments = one.segments();
    flip(segments.get(segments.size() - 1));
    one.start();
  }

  /** In the middle of what is written: there every entry was acknowledged. */
  private static void flip(Path segment) throws IOException {
    byte[] bytes = Files.readAllBytes(segment);
    int written = bytes.length;
    while (written > 0 && bytes[written - 1] == 0) {
      written--;
    }
    bytes[written / 2] ^= 1;
    Files.write(segment, bytes);
  }

  @Override
  public boolean isFelt(Cluster cluster) throws InterruptedException {
    return victim != null
        && victim.awaitEnd(PATIENCE)
        && victim.tail().contains("the log is damaged: ");
  }

  @Override
  public void end(Cluster cluster) throws IOException, InterruptedException {
    if (victim != null) {
      victim.kill();
      victim.wipe();
      victim.start();
    }
  }

  @Override
  public String toString() {
    return "flip a byte in the log of a follower";
  }
}
