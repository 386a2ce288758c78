package io.hanse.http.server;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
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
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A body on its way into a file. While a part of it is written, no more is read of the connection.
 * Used on the event loop; only the writing is not.
 */
final class Upload {
  static final long BYTES_MAX = 2L << 30;

  private final Transfers transfers;
  private final ChannelHandlerContext context;

  /** Takes the file, or what went wrong, once the end is written. */
  private final BiConsumer<@Nullable Path, @Nullable Throwable> then;

  private final Queue<ByteBuf> parts = new ConcurrentLinkedQueue<>();
  private boolean isWriting;
  private boolean isWhole;
  private boolean isOver;
  private @Nullable Throwable failure;

  // Of the thread that writes.
  private @Nullable Path file;
  private @Nullable FileChannel channel;

  Upload(
      Transfers transfers,
      ChannelHandlerContext context,
      BiConsumer<@Nullable Path, @Nullable Throwable> then) {
    this.transfers = transfers;
    this.context = context;
    this.then = then;
  }

  /** The next part; the last one may be empty. */
  void take(ByteBuf part, boolean isLast) {
    if (isOver) {
      return;
    }
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
    releaseParts();
    context.channel().config().setAutoRead(true);
    then.accept(file, failure);
  }

  /** The client has gone. */
  void abort() {
    if (!isOver) {
      isOver = true;
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
