package io.hanse.raft.ratis;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.raft.DurableFiles;
import io.hanse.raft.Replica;
import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import org.apache.ratis.io.MD5Hash;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.server.storage.RaftStorageDirectory;
import org.apache.ratis.statemachine.impl.SimpleStateMachineStorage;
import org.apache.ratis.statemachine.impl.SingleFileSnapshotInfo;
import org.apache.ratis.util.MD5FileUtil;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes snapshots beside applies, loads them, and forces to the disk what Ratis received: it does
 * not do that itself, and purges the log below.
 */
final class SnapshotKeeper {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotKeeper.class);
  private static final String TEMPORARY = ".tmp";

  /** Of the names of damaged ones. */
  static final String SET_ASIDE = ".corrupt";

  private final SimpleStateMachineStorage storage;
  private final Replica replica;
  private final DurableFiles sync;
  private final Executor writer;
  private volatile long finishedIndex = -1;
  private volatile long finishedBytes;
  private volatile boolean isWriting;

  SnapshotKeeper(
      SimpleStateMachineStorage storage, Replica replica, DurableFiles sync, Executor writer) {
    this.storage = storage;
    this.replica = replica;
    this.sync = sync;
    this.writer = writer;
  }

  /** Size of the newest snapshot. */
  long finishedBytes() {
    return finishedBytes;
  }

  /** The log index of the newest snapshot. */
  long finishedIndex() {
    return finishedIndex;
  }

  /**
   * Begins a snapshot of what is applied, unless one is being written. On the apply thread.
   *
   * @return the index of the last one that is finished: Ratis purges up to it
   */
  long take(TermIndex at) {
    if (!isWriting && at.getIndex() > finishedIndex) {
      begin(at);
    }
    return finishedIndex;
  }

  private void begin(TermIndex at) {
    Replica.Pinned pinned;
    try {
      pinned = replica.pin();
    } catch (ProblemException e) {
      // Too many read at this moment. To fail here would end the server; the next one may succeed.
      LOG.warn("snapshot put off logIndex={} cause=\"{}\"", at.getIndex(), e.getMessage());
      return;
    }
    isWriting = true;
    try {
      writer.execute(() -> write(at, pinned));
    } catch (RejectedExecutionException e) {
      pinned.close();
      isWriting = false;
    }
  }

  private void write(TermIndex at, Replica.Pinned pinned) {
    File file = storage.getSnapshotFile(at.getTerm(), at.getIndex());
    Path temporary = file.toPath().resolveSibling(file.getName() + TEMPORARY);
    try (pinned) {
      Files.deleteIfExists(temporary);
      pinned.write(at.getTerm(), temporary);
      MD5Hash digest = MD5FileUtil.computeMd5ForFile(temporary.toFile());
      // The digest first: a snapshot without one would be passed over.
      MD5FileUtil.saveMD5File(file, digest);
      sync.move(temporary, file.toPath());
      sync.folder(Objects.requireNonNull(file.toPath().getParent()));
      storage.updateLatestSnapshot(
          new SingleFileSnapshotInfo(
              new FileInfo(file.toPath(), digest), at.getTerm(), at.getIndex()));
      finished(at.getIndex(), file.length());
    } catch (IOException | RuntimeException e) {
      // The log keeps what the snapshot would have let go; the next one may succeed.
      LOG.error("snapshot failed logIndex={}", at.getIndex(), e);
    } finally {
      isWriting = false;
    }
  }

  private void finished(long index, long bytes) {
    finishedIndex = index;
    finishedBytes = bytes;
    LOG.info("snapshot finished logIndex={} bytes={}", index, bytes);
  }

  /**
   * Loads the newest sound snapshot; a damaged one is set aside for the one before it, while one of
   * a newer version ends the start. To be called before Ratis' storage looks for the newest one,
   * since that keeps what it found.
   *
   * @param known the last log index that the replica has: no snapshot takes it back
   * @return where it stands in the log; null if there is none
   */
  @Nullable TermIndex loadNewest(Path folder, long known) throws IOException {
    if (!Files.isDirectory(folder)) {
      return null;
    }
    for (Path file : newestFirst(folder)) {
      TermIndex at = SimpleStateMachineStorage.getTermIndexFromSnapshotFile(file.toFile());
      try {
        if (at.getIndex() > known) {
          load(file, at);
        } else {
          verify(file);
          adopt(file, at);
        }
        return at;
      } catch (IOException | RuntimeException e) {
        requireNotNewer(e, file);
        LOG.error(
            "snapshot is damaged and set aside; the one before it takes its place file={}",
            file,
            e);
        sync.move(file, file.resolveSibling(file.getFileName() + SET_ASIDE));
        Files.deleteIfExists(MD5FileUtil.getDigestFileForFile(file.toFile()).toPath());
        sync.folder(folder);
      }
    }
    return null;
  }

  /** What a newer version has written is sound: to set it aside would be to lose it. */
  private static void requireNotNewer(Exception failure, Path file) throws IOException {
    if (failure instanceof ProblemException problem && problem.code() == ProblemCode.NEWER_FORMAT) {
      throw new IOException(
          "this server is older than its data: " + problem.getMessage() + " file=" + file, failure);
    }
  }

  /** Those that are finished. */
  static List<Path> newestFirst(Path folder) throws IOException {
    Map<Long, Path> found = new TreeMap<>(Comparator.reverseOrder());
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        if (name.contains(TEMPORARY)) {
          Files.delete(file);
        } else if (SimpleStateMachineStorage.SNAPSHOT_REGEX.matcher(name).matches()
            && MD5FileUtil.getDigestFileForFile(file.toFile()).exists()) {
          long index =
              SimpleStateMachineStorage.getTermIndexFromSnapshotFile(file.toFile()).getIndex();
          found.put(index, file);
        }
      }
    }
    return List.copyOf(found.values());
  }

  private void load(Path path, TermIndex at) throws IOException {
    verify(path);
    replica.load(path);
    adopt(path, at);
    LOG.info("snapshot loaded logIndex={} bytes={}", at.getIndex(), finishedBytes);
  }

  /** Whether it is as it was written. */
  static boolean isSound(Path path) {
    try {
      verify(path);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static void verify(Path path) throws IOException {
    File file = path.toFile();
    MD5FileUtil.verifySavedMD5(file, MD5FileUtil.computeMd5ForFile(file));
  }

  private void adopt(Path path, TermIndex at) {
    finishedIndex = at.getIndex();
    finishedBytes = path.toFile().length();
  }

  /**
   * The last chunk has come, the folder is about to be renamed into place: what it holds must be on
   * the disk before its name is.
   */
  void forceReceived(RaftStorageDirectory directory) throws IOException {
    Path received = directory.getTmpDir().toPath();
    if (!Files.isDirectory(received)) {
      return;
    }
    try (Stream<Path> tree = Files.walk(received)) {
      for (Path path : (Iterable<Path>) tree::iterator) {
        if (Files.isDirectory(path)) {
          sync.folder(path);
        } else {
          sync.file(path);
        }
      }
    }
  }

  /** The received snapshot is in place: makes that last, and loads it. */
  TermIndex loadReceived(RaftStorageDirectory directory) throws IOException {
    sync.folder(directory.getRoot().toPath());
    SingleFileSnapshotInfo received = storage.loadLatestSnapshot();
    if (received == null) {
      throw new IOException("no snapshot is there after one was received");
    }
    load(received.getFile().getPath(), received.getTermIndex());
    return received.getTermIndex();
  }
}
