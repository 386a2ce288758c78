package io.hanse.raft;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.port.PoolShutdown;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The part of a data directory that belongs to replication: whose it is, who uses it now, and the
 * small files that must survive a power cut. Refuses a directory that is not this server's.
 */
public final class DataDirectory implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DataDirectory.class);

  /** Much longer than a write to the disk takes, and than what is interrupted needs to notice. */
  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(5);

  /** Begins the names of folders with what a server was whose state is lost. */
  static final String LOST = "lost-";

  /** Of one that left; only the newest is kept, as the others have all that is in it. */
  static final String LEFT = "left-";

  static final String FOLDER = "raft";

  /** What this server has promised while a group is begun. */
  static final String BOOTSTRAP = "bootstrap";

  private static final int FORMAT = 1;
  private static final String GROUPS = "groups";
  private static final String SERVER_ID = "server-id";

  /** Stands in a folder that this server's part of the directory is being moved to. */
  private static final String NEXT = "bootstrap.next";

  private final Path root;
  private final DurableFiles sync;
  private final DirectoryLock lock;
  private final boolean ownsLock;
  private final String raftId;
  private final long start;

  private DataDirectory(
      Path root,
      DurableFiles sync,
      DirectoryLock lock,
      boolean ownsLock,
      String raftId,
      long start) {
    this.root = root;
    this.sync = sync;
    this.lock = lock;
    this.ownsLock = ownsLock;
    this.raftId = raftId;
    this.start = start;
  }

  /**
   * Takes the directory for this process.
   *
   * @param nodeId of the agent that asks; a directory remembers the first one
   */
  public static DataDirectory open(Path directory, String nodeId, DurableFiles sync)
      throws IOException {
    DirectoryLock lock = DirectoryLock.take(directory);
    try {
      return open(lock, true, nodeId, sync);
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /** The same for who has taken the directory, and gives it back. */
  static DataDirectory open(DirectoryLock lock, String nodeId, DurableFiles sync)
      throws IOException {
    return open(lock, false, nodeId, sync);
  }

  private static DataDirectory open(
      DirectoryLock lock, boolean ownsLock, String nodeId, DurableFiles sync) throws IOException {
    Path directory = lock.directory();
    Path root = directory.resolve(FOLDER);
    checkFormat(directory, root, sync);
    checkOwner(directory, root, nodeId, sync);
    finishStartingOver(root, sync);
    String raftId = raftId(directory, root, sync);
    String last = read(root.resolve("start"));
    long start = (last == null ? 0 : Long.parseLong(last)) + 1;
    sync.replace(root.resolve("start"), Long.toString(start).getBytes(UTF_8));
    sync.folder(directory);
    return new DataDirectory(root, sync, lock, ownsLock, raftId, start);
  }

  private static void checkFormat(Path directory, Path root, DurableFiles sync) throws IOException {
    String written = read(root.resolve("format"));
    if (written == null) {
      sync.replace(root.resolve("format"), Integer.toString(FORMAT).getBytes(UTF_8));
      return;
    }
    if (!written.equals(Integer.toString(FORMAT))) {
      throw refused(
          directory,
          "was written by another version of Hanse (its format is "
              + written
              + ", this version reads "
              + FORMAT
              + "); start it with that version or a newer one");
    }
  }

  private static void checkOwner(Path directory, Path root, String nodeId, DurableFiles sync)
      throws IOException {
    String owner = read(root.resolve("node-id"));
    if (owner == null) {
      sync.replace(root.resolve("node-id"), nodeId.getBytes(UTF_8));
    } else if (!owner.equals(nodeId)) {
      throw refused(
          directory,
          "belongs to the node with id "
              + owner
              + ", this one is "
              + nodeId
              + "; give each server a data_dir of its own");
    }
  }

  /**
   * Step by step, each of which lasts before the next: with the log the server's id has to go, and
   * an id without its log would be a server that forgot what it voted and acknowledged.
   */
  private static void finishStartingOver(Path root, DurableFiles sync) throws IOException {
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(root, "{lost,left}-*")) {
      for (Path folder : folders) {
        Path next = folder.resolve(NEXT);
        if (Files.exists(next)) {
          if (Files.exists(root.resolve(GROUPS))) {
            moveAway(root.resolve(SERVER_ID), folder, sync);
            moveAway(root.resolve(BOOTSTRAP), folder, sync);
            moveAway(root.resolve(GROUPS), folder, sync);
          }
          sync.replace(root.resolve(BOOTSTRAP), Files.readAllBytes(next));
          Files.delete(next);
          sync.folder(folder);
          deleteLeft(root, folder);
        }
      }
    }
  }

  private static void deleteLeft(Path root, Path newest) throws IOException {
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(root, LEFT + "*")) {
      for (Path folder : folders) {
        if (!folder.equals(newest) && !Files.exists(folder.resolve(NEXT))) {
          try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
              Files.delete(each);
            }
          }
        }
      }
    }
  }

  private static void moveAway(Path from, Path folder, DurableFiles sync) throws IOException {
    if (Files.exists(from)) {
      sync.move(from, folder.resolve(from.getFileName()));
      sync.folder(folder);
      sync.folder(Objects.requireNonNull(from.getParent()));
    }
  }

  private static String raftId(Path directory, Path root, DurableFiles sync) throws IOException {
    String known = read(root.resolve(SERVER_ID));
    if (known != null) {
      return known;
    }
    try (Stream<Path> groups =
        Files.isDirectory(root.resolve(GROUPS))
            ? Files.list(root.resolve(GROUPS))
            : Stream.<Path>empty()) {
      if (groups.findAny().isPresent()) {
        // A server that forgot who it is must not vote again under another name.
        throw refused(
            directory,
            "holds a Raft log but no raft/server-id; restore that file or start with an empty"
                + " data_dir as a new server");
      }
    }
    String fresh = UUID.randomUUID().toString();
    sync.replace(root.resolve(SERVER_ID), fresh.getBytes(UTF_8));
    return fresh;
  }

  static ProblemException refused(Path directory, String why) {
    return new ProblemException(
        ProblemCode.FAILED_PRECONDITION, "data directory \"" + directory + "\" " + why);
  }

  private static @Nullable String read(Path file) throws IOException {
    return Files.exists(file) ? Files.readString(file).strip() : null;
  }

  /** Who this server is in the log's configuration; never reused after a wipe. */
  public String raftId() {
    return raftId;
  }

  /** Counts the starts of this server. */
  public long start() {
    return start;
  }

  /** Where the library keeps its groups. */
  public Path groups() {
    return root.resolve(GROUPS);
  }

  public Path removedGroups() {
    return root.resolve("removed");
  }

  public DurableFiles sync() {
    return sync;
  }

  /**
   * From the next opening on this is the directory of another server, of which no more is known
   * than what is given; what there is now is kept beside it.
   *
   * @param why begins the name of the folder
   * @return where it is kept
   */
  Path startOver(String why, byte[] bootstrap) throws IOException {
    Path folder = Files.createDirectories(root.resolve(why + raftId));
    sync.folder(root);
    sync.replace(folder.resolve(NEXT), bootstrap);
    return folder;
  }

  /** The content of a small file, or null. */
  public byte @Nullable [] load(String name) throws IOException {
    Path file = root.resolve(name);
    return Files.exists(file) ? Files.readAllBytes(file) : null;
  }

  /** Replaces a small file durably. */
  public void save(String name, byte[] content) throws IOException {
    sync.replace(root.resolve(name), content);
  }

  /** Removes a small file durably. */
  public void remove(String name) throws IOException {
    Files.deleteIfExists(root.resolve(name));
    sync.folder(root);
  }

  /**
   * Closes it behind those that write there: the next owner may be quick.
   *
   * @param writers shut down already; if one of them goes on, the directory stays taken
   */
  void giveBack(ExecutorService... writers) {
    if (!PoolShutdown.isOver(CLOSE_PATIENCE, writers)) {
      LOG.warn(
          "a thread still works on the data directory after {} s: it stays taken until this"
              + " process ends",
          CLOSE_PATIENCE.toSeconds());
      lock.keep();
    }
    close();
  }

  /** Gives the directory back, if it was taken with this. */
  @Override
  public void close() {
    if (ownsLock) {
      lock.close();
    }
  }
}
