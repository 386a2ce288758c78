package io.hanse.http.exchange;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.port.PoolShutdown;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Threads and room on the disk for what is too large to be in memory on its way. */
public final class Transfers implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Transfers.class);

  /** Who comes when all are busy is refused. */
  private static final int THREADS_MAX = 4;

  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(5);
  private static final String PREFIX = "transfer-";

  private final Optional<Path> folder;
  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          0,
          THREADS_MAX,
          10,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          task -> {
            Thread thread = new Thread(task, "http-transfer");
            thread.setDaemon(true);
            return thread;
          });

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
   * Runs a task that may block.
   *
   * @throws ProblemException OVERLOADED: too many run already
   */
  public void execute(Runnable task) {
    try {
      threads.execute(task);
    } catch (RejectedExecutionException e) {
      throw new ProblemException(
          ProblemCode.OVERLOADED,
          "too many snapshots are saved or restored at this time; try again later",
          e);
    }
  }

  /** The same for a task with an answer. */
  public <T> CompletableFuture<T> run(Supplier<T> task) {
    try {
      return CompletableFuture.supplyAsync(task, this::execute);
    } catch (ProblemException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** Once it returns nothing is written any more: the folder may be removed. */
  @Override
  public void close() {
    threads.shutdownNow();
    if (!PoolShutdown.isOver(CLOSE_PATIENCE, threads)) {
      LOG.warn("a transfer goes on after {} s, its file may stay", CLOSE_PATIENCE.toSeconds());
    }
  }
}
