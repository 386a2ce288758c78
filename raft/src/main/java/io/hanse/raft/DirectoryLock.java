package io.hanse.raft;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who uses a data directory now: one server, from before it reads there until it writes no more.
 */
public final class DirectoryLock implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DirectoryLock.class);

  private final Path directory;
  private final FileChannel held;
  private volatile boolean isKept;

  private DirectoryLock(Path directory, FileChannel held) {
    this.directory = directory;
    this.held = held;
  }

  /**
   * Takes the directory for this process.
   *
   * @throws io.hanse.fsm.error.ProblemException where another server uses it
   */
  public static DirectoryLock take(Path directory) throws IOException {
    Path root = Files.createDirectories(directory.resolve(DataDirectory.FOLDER));
    FileChannel channel =
        FileChannel.open(root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock = null;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      // Another server in this very process: answered as any other below.
    }
    if (lock == null) {
      channel.close();
      throw DataDirectory.refused(
          directory, "is in use by another running server; stop it or choose another data_dir");
    }
    return new DirectoryLock(directory, channel);
  }

  Path directory() {
    return directory;
  }

  /** Until this process ends: someone goes on writing there, and the next owner may be quick. */
  void keep() {
    isKept = true;
  }

  /** Gives the directory back. */
  @Override
  public void close() {
    if (isKept) {
      return;
    }
    try {
      held.close();
    } catch (IOException e) {
      LOG.warn("the data directory was not given back", e);
    }
  }
}
