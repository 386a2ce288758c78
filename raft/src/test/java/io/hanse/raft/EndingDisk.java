package io.hanse.raft;

import io.hanse.fsm.store.FolderSync;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** The disk of a process that ends after some more steps. */
final class EndingDisk implements FolderSync {
  private int left = Integer.MAX_VALUE;

  synchronized void endAfter(int steps) {
    left = steps;
  }

  private synchronized void step() throws IOException {
    if (left <= 0) {
      throw new IOException("the end");
    }
    left--;
  }

  @Override
  public void syncFile(Path file, FileChannel channel) throws IOException {
    step();
  }

  @Override
  public void move(Path from, Path to) throws IOException {
    step();
    FolderSync.ofDisk().move(from, to);
  }

  @Override
  public void syncFolder(Path folder) throws IOException {
    step();
  }
}
