package io.hanse.http.server;

import io.hanse.http.exchange.Answer.StreamContent;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpContent;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.concurrent.TimeUnit;

/**
 * Sends a content that is made on the way, on a thread of its own: no more than one part of it is
 * ever in memory, and a client that takes none for a minute, or too little on the whole, is given
 * up.
 */
final class Download extends OutputStream {
  private static final int PART_BYTES = 64 << 10;

  private final ChannelHandlerContext context;
  private final long startNanos = System.nanoTime();
  private long sentBytes;

  private Download(ChannelHandlerContext context) {
    this.context = context;
  }

  /** Blocks until all is sent. */
  static void send(ChannelHandlerContext context, StreamContent content) throws IOException {
    try (content;
        OutputStream out = new BufferedOutputStream(new Download(context), PART_BYTES)) {
      content.writeTo(out);
    }
  }

  @Override
  public void write(int one) throws IOException {
    write(new byte[] {(byte) one}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int from, int length) throws IOException {
    if (length == 0) {
      return;
    }
    ChannelFuture sent =
        context.writeAndFlush(new DefaultHttpContent(Unpooled.copiedBuffer(bytes, from, length)));
    sentBytes += length;
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
    try {
      if (!sent.await(LeastRate.millisLeft(sentBytes, millis), TimeUnit.MILLISECONDS)) {
        throw new IOException("the client takes nothing, or too little");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException();
    }
    if (!sent.isSuccess()) {
      throw new IOException("the connection broke", sent.cause());
    }
  }
}
