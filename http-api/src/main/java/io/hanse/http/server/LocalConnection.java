package io.hanse.http.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/**
 * A connection inside of this process, without a network. It has no thread: who has it runs what
 * there is to do, and is the only one who may.
 */
public final class LocalConnection implements AutoCloseable {
  private final Channel channel = new Channel();

  LocalConnection(HttpServer server) {
    server.serve(channel);
  }

  /** Takes bytes as a client sends them. */
  public void send(byte[] bytes) {
    channel.writeInbound(Unpooled.wrappedBuffer(bytes));
  }

  /** Does what there is to do, and gives the bytes that the client is sent. */
  public byte[] turn() {
    channel.runPendingTasks();
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
      byte[] bytes = new byte[part.readableBytes()];
      part.readBytes(bytes);
      part.release();
      sent.writeBytes(bytes);
    }
    return sent.toByteArray();
  }

  @Override
  public void close() {
    channel.finishAndReleaseAll();
  }

  /** Its client is on this machine. */
  private static final class Channel extends EmbeddedChannel {
    @Override
    protected SocketAddress remoteAddress0() {
      return new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
    }
  }
}
