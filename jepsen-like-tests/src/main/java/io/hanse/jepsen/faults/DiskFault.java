package io.hanse.jepsen.faults;

import io.hanse.jepsen.lab.Cluster;
import io.hanse.jepsen.lab.ServerProcess;
import io.hanse.jepsen.lab.Shim;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Makes the disk of one server fail or drag. A server whose log cannot be forced to disk must end;
 * it starts again, like one that ran out of room, when the disk is well.
 */
final class DiskFault implements Nemesis {
  /** What the disk does. */
  enum Kind {
    SLOW_SYNC(Shim.Disk.SLOW_SYNC, 300),
    FAILING_SYNC(Shim.Disk.FAILING_SYNC, 0),
    FULL(Shim.Disk.FULL, 0);

    private final Shim.Disk disk;
    private final int argument;

    Kind(Shim.Disk disk, int argument) {
      this.disk = disk;
      this.argument = argument;
    }
  }

  private final Kind kind;
  private final boolean onLeader;
  private final int draw;
  private @Nullable ServerProcess victim;

  DiskFault(Kind kind, boolean onLeader, int draw) {
    this.kind = kind;
    this.onLeader = onLeader;
    this.draw = draw;
  }

  @Override
  public void begin(Cluster cluster) throws IOException {
    victim = onLeader ? Targets.leader(cluster) : Targets.follower(cluster, draw);
    if (kind != Kind.SLOW_SYNC) {
      victim.letEnd();
    }
    victim.shim().orElseThrow().turn(kind.disk, kind.argument);
  }

  @Override
  public boolean isFelt(Cluster cluster) throws IOException {
    return victim != null && victim.shim().orElseThrow().hits() > 0;
  }

  @Override
  public void end(Cluster cluster) throws IOException {
    for (ServerProcess server : cluster.servers()) {
      server.shim().orElseThrow().turn(Shim.Disk.WELL, 0);
      server.start();
    }
  }

  @Override
  public String toString() {
    return "disk " + Targets.words(kind) + (onLeader ? " of the leader" : " of a follower");
  }
}
