package io.hanse.raft;

import io.hanse.fsm.apply.ClusterStateMachine;
import io.hanse.fsm.row.BatchResult;
import io.hanse.fsm.store.FolderSync;
import io.hanse.fsm.store.ReadSet;
import io.hanse.fsm.store.SnapshotFile;
import io.hanse.fsm.store.View;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** The cluster's state as what the log is applied to. */
public final class StateReplica implements Replica {
  private final ClusterStateMachine state;
  private final FolderSync disk;

  public StateReplica(ClusterStateMachine state, FolderSync disk) {
    this.state = state;
    this.disk = disk;
  }

  @Override
  public BatchResult apply(long logIndex, ByteBuffer batch) {
    return state.apply(logIndex, batch);
  }

  @Override
  public Pinned pin() {
    View view = state.view();
    return new Pinned() {
      @Override
      public void write(long term, Path file) throws IOException {
        SnapshotFile.write(view, term, file, disk);
      }

      @Override
      public void close() {
        view.close();
      }
    };
  }

  @Override
  public void load(Path snapshot) throws IOException {
    state.loadSnapshot(snapshot);
  }

  @Override
  public int restores() {
    return state.restores();
  }

  @Override
  public View view() {
    return state.view();
  }

  @Override
  public Runnable watch(ReadSet reads, long since, Runnable wake) {
    return state.watches().watch(reads, since, wake);
  }
}
