package io.hanse.http.exchange;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.port.IdleThreads;
import io.hanse.fsm.port.PoolShutdown;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Threads and room on the disk for what is too large to be in memory on its way. */
public final class Transfers implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Transfers.class);

  /** Who comes when so many are under way is refused. */
  private static final int PLACES = 4;

  /** Clients of theirs may be slow: whoever has to restore is not refused because of them. */
  private static final int SAVES = PLACES - 1;

  /** Each may fill so much of the disk, on which the log is too. */
  private static final int UPLOADS = 4;

  /** Who is slow, and only just not too slow, keeps its place for long. */
  private static final int UPLOADS_PER_CLIENT = UPLOADS / 2;

  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(5);
  private static final String PREFIX = "transfer-";

  private final Optional<Path> folder;

  /**
   * Counted apart from threads: one that has just ended its task takes a moment to be free for the
   * next.
   */
  private final Semaphore places = new Semaphore(PLACES);

  private final Semaphore saves = new Semaphore(SAVES);
  private final Semaphore uploads = new Semaphore(UPLOADS);

  /** How many each client has; of those with any. */
  private final Map<InetAddress, Integer> uploadsOf = new ConcurrentHashMap<>();

  /** No more wait for one of them than have a place. */
  private final ExecutorService threads = IdleThreads.of("http-transfer", PLACES);

  /** Of each upload one part at most waits for it. */
  private final ExecutorService writer = IdleThreads.of("http-upload", 1);

  /** One of those that are under way. */
  public static final class Place implements AutoCloseable {
    private final AtomicBoolean isTaken = new AtomicBoolean(true);

    private final Runnable given;

    private Place(Runnable given) {
      this.given = given;
    }

    /** Gives it back, at the first time. */
    @Override
    public void close() {
      if (isTaken.compareAndSet(true, false)) {
        given.run();
      }
    }
  }

  /**
   * Deletes what an earlier process left.
   *
   * @param folder made where it is missing; empty: the temporary one of the system
   */
  public Transfers(Optional<Path> folder) {
    this.folder = folder;
    if (folder.isPresent() && Files.isDirectory(folder.get())) {
      try (DirectoryStream<Path> left = Files.newDirectoryStream(folder.get(), PREFIX + "*")) {
        left.forEach(Transfers::delete);
      } catch (IOException e) {
        LOG.warn("what earlier transfers left can't be deleted folder={}", folder.get(), e);
      }
    }
  }

  /** A new file that nobody but this user can read. The folder is made when it is first needed. */
  public Path file() throws IOException {
    if (folder.isEmpty()) {
      return Files.createTempFile(PREFIX, "");
    }
    Files.createDirectories(folder.get());
    return Files.createTempFile(folder.get(), PREFIX, "");
  }

  /** Best effort: what stays is deleted at the next start. */
  public static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.warn("the file of a transfer can't be deleted file={}", file, e);
    }
  }

  /**
   * Runs a task that may block, unless too many are under way: then the answer fails with
   * OVERLOADED. The task, or whoever has what it answers, gives the place back; if it fails, that
   * is done here.
   */
  public <T> CompletableFuture<T> run(Function<Place, T> task) {
    return run(new Semaphore(1), task);
  }

  /** The same for one who saves: of these there are fewer at a time. */
  public <T> CompletableFuture<T> save(Function<Place, T> task) {
    return run(saves, task);
  }

  private <T> CompletableFuture<T> run(Semaphore share, Function<Place, T> task) {
    if (!share.tryAcquire()) {
      return CompletableFuture.failedFuture(overloaded(""));
    }
    if (!places.tryAcquire()) {
      share.release();
      return CompletableFuture.failedFuture(overloaded(""));
    }
    Place place =
        new Place(
            () -> {
              places.release();
              share.release();
            });
    try {
      return CompletableFuture.supplyAsync(() -> runAt(place, task), this::goOn);
    } catch (ProblemException e) {
      place.close();
      return CompletableFuture.failedFuture(e);
    }
  }

  private static ProblemException overloaded(String where) {
    return new ProblemException(
        ProblemCode.OVERLOADED,
        "too many snapshots are saved or restored at this time" + where + "; try again later");
  }

  private static <T> T runAt(Place place, Function<Place, T> task) {
    boolean isAnswered = false;
    try {
      T answer = task.apply(place);
      isAnswered = true;
      return answer;
    } finally {
      if (!isAnswered) {
        place.close();
      }
    }
  }

  /**
   * Runs what is left to be done by someone who has a place.
   *
   * @throws ProblemException SHUTTING_DOWN
   */
  public void goOn(Runnable task) {
    execute(threads, task);
  }

  /**
   * Lets an upload begin. It comes as slowly as its client sends it, so it takes none of the places
   * of those that run: of uploads there are only so many by themselves, and fewer of one client.
   *
   * @return to be given back when the file is gone
   * @throws ProblemException OVERLOADED
   */
  public Place upload(InetAddress client) {
    if (!uploads.tryAcquire()) {
      throw overloaded("");
    }
    Place place =
        new Place(
            () -> {
              uploadsOf.computeIfPresent(client, (it, count) -> count == 1 ? null : count - 1);
              uploads.release();
            });
    if (uploadsOf.merge(client, 1, Integer::sum) > UPLOADS_PER_CLIENT) {
      place.close();
      throw overloaded(" by this address");
    }
    return place;
  }

  /**
   * Writes a part of an upload.
   *
   * @throws ProblemException SHUTTING_DOWN
   */
  public void write(Runnable task) {
    execute(writer, task);
  }

  private static void execute(ExecutorService pool, Runnable task) {
    try {
      pool.execute(task);
    } catch (RejectedExecutionException e) {
      throw new ProblemException(ProblemCode.SHUTTING_DOWN, "this server is shutting down", e);
    }
  }

  /** Once it returns nothing is written any more: the folder may be removed. */
  @Override
  public void close() {
    threads.shutdownNow();
    writer.shutdownNow();
    if (!PoolShutdown.isOver(CLOSE_PATIENCE, threads, writer)) {
      LOG.warn("a transfer goes on after {} s, its file may stay", CLOSE_PATIENCE.toSeconds());
    }
  }
}
