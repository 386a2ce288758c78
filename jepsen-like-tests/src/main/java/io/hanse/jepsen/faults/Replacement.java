package io.hanse.jepsen.faults;

import io.hanse.jepsen.lab.Cluster;
import io.hanse.jepsen.lab.ServerProcess;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A server loses its disk and joins anew, under its old name, while clients go on. */
final class Replacement implements Nemesis {
  private final boolean isRemovedFirst;
  private final int draw;
  private @Nullable ServerProcess victim;
  private String before = "";

  /**
   * @param isRemovedFirst whether an operator takes the old one out before the new one comes
   * @param draw whom
   */
  Replacement(boolean isRemovedFirst, int draw) {
    this.isRemovedFirst = isRemovedFirst;
    this.draw = draw;
  }

  @Override
  public void begin(Cluster cluster) throws IOException, InterruptedException {
    ServerProcess one = Targets.follower(cluster, draw);
    victim = one;
    before = one.nodeId();
    one.kill();
    if (isRemovedFirst) {
      cluster.remove(one);
    }
    one.wipe();
    one.start();
  }

  @Override
  public boolean isFelt(Cluster cluster) {
    return victim != null && !victim.nodeId().equals(before);
  }

  /** Nothing is undone; but the fault is over only when the new one has its vote. */
  @Override
  public void end(Cluster cluster) {}

  @Override
  public String toString() {
    return "replace a follower" + (isRemovedFirst ? " that was removed" : "");
  }
}
