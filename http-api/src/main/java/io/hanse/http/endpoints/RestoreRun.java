package io.hanse.http.endpoints;

import com.google.protobuf.UnsafeByteOperations;
import io.hanse.fsm.apply.RestoreBounds;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.port.CommandSubmitter;
import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.row.AbandonRestore;
import io.hanse.fsm.row.BeginRestore;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.CompleteRestore;
import io.hanse.fsm.row.Server;
import io.hanse.fsm.row.StageRestore;
import io.hanse.fsm.store.SnapshotCheck;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Servers;
import io.hanse.fsm.view.Tables;
import io.hanse.http.archive.ArchiveException;
import io.hanse.http.archive.ArchiveReader;
import io.hanse.http.archive.ArchiveWriter;
import io.hanse.http.exchange.HttpProblem;
import io.hanse.http.exchange.ProblemResponses;
import io.hanse.http.exchange.Transfers;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One restore after the other: an archive is looked through to its end before anything of it goes
 * to the log; then it goes there in parts, and at last the command that makes it the state. On a
 * thread that may be blocked.
 */
final class RestoreRun {
  /** A server that does not know what is kept stops, and does not answer otherwise. */
  private static final int KEEPING_LEVEL = 5;

  private static final int PLACES_LEVEL = 6;

  private static final Logger LOG = LoggerFactory.getLogger(RestoreRun.class);

  /** Parts under way at a time: other writes come in between. */
  private static final int WINDOW = 2;

  /**
   * Of a part, if so many are enough. Some thousand rows, which every server reads when the part
   * comes: that must not hold up other writes for long.
   */
  private static final int CHUNK_BYTES_USUAL = 64 << 10;

  /** Opens the archive. */
  @FunctionalInterface
  interface Source {
    InputStream open() throws IOException;
  }

  private final CommandSubmitter submitter;
  private final StateReader state;
  private final Transfers transfers;

  RestoreRun(CommandSubmitter submitter, StateReader state, Transfers transfers) {
    this.submitter = submitter;
    this.state = state;
    this.transfers = transfers;
  }

  void run(Source archive) throws IOException {
    requireUnderstood();
    Path packed = transfers.file();
    try {
      long bytes = check(archive, packed);
      restore(packed, bytes);
    } finally {
      Transfers.delete(packed);
    }
  }

  /** Amid an upgrade there are servers that would stop at the last command. */
  private void requireUnderstood() {
    try (View view = state.view()) {
      Optional<Server> older = new Servers(view).below(KEEPING_LEVEL);
      if (older.isPresent()) {
        throw HttpProblem.internal(
            "server \""
                + older.get().getNode()
                + "\" runs a version that cannot take part in a restore, or never said which it runs;"
                + " update it first, or, if it will not come back, take it out of the cluster:"
                + " hanse operator raft remove-peer -id "
                + older.get().getRaftId());
      }
    }
  }

  /** Looks the archive through and leaves its state, packed, in the file. */
  private static long check(Source archive, Path packed) throws IOException {
    try (InputStream in = archive.open();
        OutputStream out = ArchiveWriter.packing(Files.newOutputStream(packed))) {
      return ArchiveReader.read(
              in,
              (meta, state, bytes) -> {
                SnapshotCheck.read(
                    new Copying(state, out), bytes, Tables.SCHEMA, (table, key, length) -> {});
                return bytes;
              })
          .state();
    } catch (ArchiveException e) {
      throw HttpProblem.internal(String.valueOf(e.getMessage()));
    }
  }

  private void restore(Path packed, long bytes) throws IOException {
    String id = UUID.randomUUID().toString();
    long size = Files.size(packed);
    int chunk =
        (int)
            Math.min(
                RestoreBounds.CHUNK_BYTES_MAX,
                Math.max(CHUNK_BYTES_USUAL, ceilDivide(size, RestoreBounds.CHUNKS_MAX)));
    long chunks = ceilDivide(size, chunk);
    RestoreBounds.require(bytes, (int) Math.min(chunks, Integer.MAX_VALUE));
    submit(
            Command.newBuilder()
                .setBeginRestore(
                    BeginRestore.newBuilder()
                        .setId(id)
                        .setSnapshotBytes(bytes)
                        .setChunks((int) chunks)))
        .join();
    LOG.info("restore begun id={} bytes={} chunks={}", id, bytes, chunks);
    boolean isDone = false;
    try (InputStream in = Files.newInputStream(packed)) {
      stage(id, in, chunk);
      // One may have joined meanwhile.
      requireUnderstood();
      complete(id);
      isDone = true;
      LOG.info("restore done id={}", id);
    } catch (CompletionException e) {
      throw problem(e);
    } finally {
      if (!isDone) {
        submit(Command.newBuilder().setAbandonRestore(AbandonRestore.newBuilder().setId(id)));
      }
    }
  }

  private static long ceilDivide(long dividend, long divisor) {
    return (dividend + divisor - 1) / divisor;
  }

  private void stage(String id, InputStream packed, int chunk) throws IOException {
    Deque<CompletableFuture<?>> underWay = new ArrayDeque<>();
    int number = 0;
    for (byte[] part = packed.readNBytes(chunk); part.length > 0; part = packed.readNBytes(chunk)) {
      if (underWay.size() == WINDOW) {
        underWay.remove().join();
      }
      underWay.add(
          submit(
              Command.newBuilder()
                  .setStageRestore(
                      StageRestore.newBuilder()
                          .setId(id)
                          .setNumber(number++)
                          .setContent(UnsafeByteOperations.unsafeWrap(part)))));
    }
    underWay.forEach(CompletableFuture::join);
  }

  private void complete(String id) {
    boolean keepsPlaces;
    try (View view = state.view()) {
      keepsPlaces = new Servers(view).below(PLACES_LEVEL).isEmpty();
    }
    submit(
            Command.newBuilder()
                .setLevel(keepsPlaces ? PLACES_LEVEL : KEEPING_LEVEL)
                .setCompleteRestore(
                    CompleteRestore.newBuilder()
                        .setId(id)
                        .setKeepsParts(true)
                        .setKeepsPeeringSecrets(true)
                        .setKeepsPeerPlaces(keepsPlaces)))
        .join();
  }

  private CompletableFuture<?> submit(Command.Builder command) {
    return submitter.submit(command.build());
  }

  private static RuntimeException problem(CompletionException failure) {
    Throwable cause = ProblemResponses.unwrap(failure);
    boolean isUnknown =
        cause instanceof ProblemException problem && problem.code() == ProblemCode.COMMIT_UNKNOWN;
    return isUnknown
        ? HttpProblem.internal(
            "the restore was sent to the log, and its answer was lost: look whether it took place")
        : failure;
  }

  /** Copies what is read. */
  private static final class Copying extends FilterInputStream {
    private final OutputStream copy;

    Copying(InputStream in, OutputStream copy) {
      super(in);
      this.copy = copy;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
      int some = super.read(into, from, length);
      if (some > 0) {
        copy.write(into, from, some);
      }
      return some;
    }
  }
}
