package io.hanse.raft;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;

/** Forces files and folders to the disk. A seam: what a power cut may take depends on the order. */
public interface FileSync {
  /** The real one. */
  FileSync DISK =
      new FileSync() {
        @Override
        public void file(Path file) throws IOException {
          force(file, StandardOpenOption.WRITE);
        }

        @Override
        public void folder(Path folder) throws IOException {
          force(folder, StandardOpenOption.READ);
        }

        private void force(Path path, StandardOpenOption option) throws IOException {
          try (FileChannel channel = FileChannel.open(path, option)) {
            channel.force(true);
          }
        }
      };

  void file(Path file) throws IOException;

  /** Makes creations, renames and removals in the folder last. */
  void folder(Path folder) throws IOException;

  /** Replaces a small file as a whole: after a power cut there is the old one or the new one. */
  default void replace(Path target, byte[] content) throws IOException {
    Path folder = Objects.requireNonNull(target.getParent());
    Path temporary = folder.resolve(target.getFileName() + ".tmp");
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
    }
    file(temporary);
    Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    folder(folder);
  }
}
