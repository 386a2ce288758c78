package io.hanse.jepsen.faults;

import io.hanse.jepsen.lab.Cluster;
import io.hanse.jepsen.lab.ServerProcess;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A server loses what it has and joins anew, under its old name, while clients go on. Nobody types
 * a command, but where an operator takes the old one out first.
 */
final class Replacement implements Nemesis {
  /** Who loses what. */
  enum Loss {
    DISK_OF_FOLLOWER("replace a follower"),
    /** An operator takes the old one out before the new one comes. */
    DISK_OF_REMOVED("replace a follower that was removed"),
    DISK_OF_LEADER("wipe the leader"),
    /** What the words of a damaged log say to move aside: the node stays the same one. */
    RAFT_FOLDER("wipe the raft folder of a follower");

    private final String words;

    Loss(String words) {
      this.words = words;
    }
  }

  private final Loss loss;
  private final int draw;
  private @Nullable ServerProcess victim;
  private String before = "";

  /**
   * @param draw which of the followers
   */
  Replacement(Loss loss, int draw) {
    this.loss = loss;
    this.draw = draw;
  }

  @Override
  public void begin(Cluster cluster) throws IOException, InterruptedException {
    ServerProcess one =
        loss == Loss.DISK_OF_LEADER ? Targets.leader(cluster) : Targets.follower(cluster, draw);
    victim = one;
    before = one.raftId();
    one.kill();
    if (loss == Loss.DISK_OF_REMOVED) {
      cluster.remove(one);
    }
    if (loss == Loss.RAFT_FOLDER) {
      one.wipeRaft();
    } else {
      one.wipe();
    }
    one.start();
  }

  @Override
  public boolean isFelt(Cluster cluster) {
    return victim != null && !victim.raftId().equals(before);
  }

  /** Nothing is undone; but the fault is over only when the new one has its vote. */
  @Override
  public void end(Cluster cluster) {}

  @Override
  public String toString() {
    return loss.words;
  }
}
