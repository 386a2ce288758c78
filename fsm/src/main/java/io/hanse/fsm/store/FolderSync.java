package io.hanse.fsm.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The steps that make a file survive a power cut, in the order in which they have to be taken: sync
 * what was written, move it to its name, sync the folder that holds the name. A test that stands in
 * for the disk sees the order.
 */
public interface FolderSync {
  /** Forces what was written to the file. */
  void syncFile(Path file, FileChannel channel) throws IOException;

  /** Gives the file its name at once, in place of what had it. */
  void move(Path from, Path to) throws IOException;

  /** Forces the names in the folder. */
  void syncFolder(Path folder) throws IOException;

  /** The real one. */
  static FolderSync ofDisk() {
    return new FolderSync() {
      @Override
      public void syncFile(Path file, FileChannel channel) throws IOException {
        channel.force(true);
      }

      @Override
      public void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      }

      @Override
      public void syncFolder(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder)) {
          channel.force(true);
        }
      }
    };
  }
}
