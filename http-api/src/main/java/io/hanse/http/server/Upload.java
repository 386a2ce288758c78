package io.hanse.http.server;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.http.exchange.HttpProblem;
import io.hanse.http.exchange.Transfers;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A body on its way into a file. While a part of it is written, no more is read of the connection.
 * A client that sends none for a minute, or too little on the whole, is given up. Used on the event
 * loop; only the writing is not.
 */
final class Upload {
  static final long BYTES_MAX = 2L << 30;

  private static final int SLOW_STATUS = 408;

  private final Transfers transfers;
  private final Transfers.Place place;
  private final ChannelHandlerContext context;

  /** Takes the body once its end is written. */
  private final Consumer<Received> whole;

  /** Or else what went wrong, when nothing is left of it. */
  private final Consumer<Throwable> failed;

  private final Queue<ByteBuf> parts = new ConcurrentLinkedQueue<>();
  private boolean isWriting;
  private boolean isWhole;
  private boolean isOver;
  private @Nullable Throwable failure;

  private long takenBytes;

  /** Without the time that the disk took: that is not the client's. */
  private long waitedNanos;

  private long waitingSinceNanos;
  private @Nullable Future<?> givingUp;

  // Of the thread that writes.
  private @Nullable Path file;
  private @Nullable FileChannel channel;

  /** A whole body, which keeps its place until it is closed: then the file is gone. */
  record Received(Path file, Transfers.Place place) implements AutoCloseable {
    @Override
    public void close() {
      Transfers.delete(file);
      place.close();
    }
  }

  /**
   * @param place is given back here, unless a body is handed on
   */
  Upload(
      Transfers transfers,
      Transfers.Place place,
      ChannelHandlerContext context,
      Consumer<Received> whole,
      Consumer<Throwable> failed) {
    this.transfers = transfers;
    this.place = place;
    this.context = context;
    this.whole = whole;
    this.failed = failed;
  }

  /** From now on the client has to send. */
  void begin() {
    waitingSinceNanos = context.executor().ticker().nanoTime();
    long millis = LeastRate.millisLeft(takenBytes, TimeUnit.NANOSECONDS.toMillis(waitedNanos));
    givingUp =
        context.executor().schedule(this::giveUp, Math.max(0, millis), TimeUnit.MILLISECONDS);
  }

  private void giveUp() {
    givingUp = null;
    failure = new HttpProblem(SLOW_STATUS, "nothing comes of the snapshot, or too little");
    finish();
  }

  private void stopWaiting() {
    if (givingUp != null) {
      givingUp.cancel(false);
      givingUp = null;
      waitedNanos += context.executor().ticker().nanoTime() - waitingSinceNanos;
    }
  }

  /** The next part; the last one may be empty. */
  void take(ByteBuf part, boolean isLast) {
    if (isOver) {
      return;
    }
    stopWaiting();
    takenBytes += part.readableBytes();
    isWhole |= isLast;
    parts.add(part.retain());
    context.channel().config().setAutoRead(false);
    writeIfDue();
  }

  private void writeIfDue() {
    if (isWriting) {
      return;
    }
    if (parts.isEmpty()) {
      context.channel().config().setAutoRead(true);
      if (isWhole) {
        finish();
      } else {
        begin();
      }
      return;
    }
    isWriting = true;
    try {
      transfers.write(
          () -> {
            Throwable problem = write();
            context.executor().execute(() -> written(problem));
          });
    } catch (ProblemException e) {
      written(e);
    }
  }

  private @Nullable Throwable write() {
    try {
      if (channel == null) {
        file = transfers.file();
        channel = FileChannel.open(file, StandardOpenOption.WRITE);
      }
      for (ByteBuf part = parts.poll(); part != null; part = parts.poll()) {
        try {
          while (part.isReadable()) {
            part.readBytes(channel, part.readableBytes());
          }
        } finally {
          part.release();
        }
        if (channel.size() > BYTES_MAX) {
          return new ProblemException(
              ProblemCode.TOO_LARGE, "a snapshot has at most " + BYTES_MAX + " bytes");
        }
      }
      return null;
    } catch (IOException e) {
      return new UncheckedIOException(e);
    } catch (RuntimeException | Error e) {
      return e;
    }
  }

  private void written(@Nullable Throwable problem) {
    isWriting = false;
    if (isOver) {
      discard();
      return;
    }
    if (problem != null) {
      failure = problem;
      finish();
      return;
    }
    writeIfDue();
  }

  private void finish() {
    isOver = true;
    close();
    context.channel().config().setAutoRead(true);
    if (file != null && failure == null) {
      whole.accept(new Received(file, place));
      return;
    }
    discard();
    failed.accept(failure == null ? new IllegalStateException("nothing was written") : failure);
  }

  /** The client has gone. */
  void abort() {
    if (!isOver) {
      isOver = true;
      stopWaiting();
      if (!isWriting) {
        discard();
      }
    }
  }

  private void discard() {
    close();
    releaseParts();
    if (file != null) {
      Transfers.delete(file);
    }
    place.close();
  }

  private void releaseParts() {
    for (ByteBuf part = parts.poll(); part != null; part = parts.poll()) {
      part.release();
    }
  }

  private void close() {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      failure = new UncheckedIOException(e);
    }
  }
}
