package io.hanse.raft;

import io.hanse.fsm.store.FolderSync;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Notes what would have been forced to the disk, in order. */
public class RecordingSync implements FolderSync {
  public final List<String> forced = new ArrayList<>();

  public DurableFiles files() {
    return new DurableFiles(this);
  }

  @Override
  public void syncFile(Path file, FileChannel channel) {
    forced.add("file " + file.getFileName());
  }

  @Override
  public void move(Path from, Path to) throws IOException {
    FolderSync.ofDisk().move(from, to);
    forced.add("move " + to.getFileName());
  }

  @Override
  public void syncFolder(Path folder) {
    forced.add("folder " + folder.getFileName());
  }
}
