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

/** The cluster's state machine as replication sees it. */
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
  public void advance(long logIndex) {
    state.advance(logIndex);
  }

  @Override
  public Pinned pin() {
    return new PinnedView(state.view(), disk);
  }

  private record PinnedView(View view, FolderSync disk) implements Pinned {
    @Override
    public void write(Path file) throws IOException {
      // The file's name says the term: the header's is for readers without it.
      SnapshotFile.write(view, 0, file, disk);
    }

    @Override
    public void close() {
      view.close();
    }
  }

  @Override
  public void load(Path snapshot) throws IOException {
    state.loadSnapshot(snapshot);
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
