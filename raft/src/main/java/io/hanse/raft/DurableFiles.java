package io.hanse.raft;

import io.hanse.fsm.store.FolderSync;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;

/** Makes files and folders survive a power cut, over the seam that shows the order to tests. */
public final class DurableFiles {
  private final FolderSync disk;

  public DurableFiles(FolderSync disk) {
    this.disk = disk;
  }

  /** The seam itself, for those who write files of their own form. */
  public FolderSync disk() {
    return disk;
  }

  /** Forces a file that somebody else wrote. */
  public void file(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      disk.syncFile(file, channel);
    }
  }

  /** Makes creations, renames and removals in the folder last. */
  public void folder(Path folder) throws IOException {
    disk.syncFolder(folder);
  }

  public void move(Path from, Path to) throws IOException {
    disk.move(from, to);
  }

  /** Replaces a small file as a whole: after a power cut there is the old one or the new one. */
  public void replace(Path target, byte[] content) throws IOException {
    Path temporary = target.resolveSibling(target.getFileName() + ".tmp");
    try (FileChannel channel =
        FileChannel.open(
            temporary,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(content);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      disk.syncFile(temporary, channel);
    }
    disk.move(temporary, target);
    disk.syncFolder(Objects.requireNonNull(target.getParent()));
  }
}
