package io.hanse.raft.ratis;

import java.io.IOException;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.impl.SimpleStateMachineStorage;
import org.apache.ratis.statemachine.impl.SingleFileSnapshotInfo;
import org.jspecify.annotations.Nullable;

/**
 * Knows the newest snapshot, and also that there is none. Ratis asks before each append, and would
 * list the folder each time until the first snapshot is there.
 */
final class SnapshotFolder extends SimpleStateMachineStorage {
  private volatile boolean isEmpty;

  @Override
  public synchronized void init(RaftStorage storage) throws IOException {
    isEmpty = false;
    super.init(storage);
  }

  @Override
  public @Nullable SingleFileSnapshotInfo getLatestSnapshot() {
    return isEmpty ? null : look();
  }

  private synchronized @Nullable SingleFileSnapshotInfo look() {
    SingleFileSnapshotInfo newest = super.getLatestSnapshot();
    isEmpty = newest == null;
    return newest;
  }

  /** Looks at what is there, as after a snapshot was received. */
  @Override
  public synchronized @Nullable SingleFileSnapshotInfo loadLatestSnapshot() {
    isEmpty = false;
    return super.loadLatestSnapshot();
  }

  @Override
  public synchronized SingleFileSnapshotInfo updateLatestSnapshot(SingleFileSnapshotInfo newest) {
    isEmpty = false;
    return super.updateLatestSnapshot(newest);
  }
}
