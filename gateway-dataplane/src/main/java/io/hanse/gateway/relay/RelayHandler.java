package io.hanse.gateway.relay;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One direction of a connection: what this side sends is written to the other side. It reads only
 * while the other side takes what it gets; what comes before there is another side is held.
 */
final class RelayHandler extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(RelayHandler.class);

  private final Connection connection;
  private final boolean fromClient;
  private @Nullable Channel to;
  private @Nullable ByteBuf held;
  private boolean hasEnded;
  private boolean hasPassedEnd;

  RelayHandler(Connection connection, boolean fromClient) {
    this.connection = connection;
    this.fromClient = fromClient;
  }

  /** Whether this side's end was passed on to the other. */
  boolean hasPassedEnd() {
    return hasPassedEnd;
  }

  /** From now on this side's bytes go to {@code other}. */
  void link(Channel from, Channel other) {
    to = other;
    if (held != null) {
      ByteBuf first = held;
      held = null;
      noteReleased(first.readableBytes());
      connection.moved(fromClient, first.readableBytes());
      other.writeAndFlush(first, other.voidPromise());
    }
    if (hasEnded) {
      passEnd(other);
    } else {
      from.config().setAutoRead(other.isWritable());
    }
  }

  /** Lets go of what is held, at the end. */
  void release() {
    if (held != null) {
      noteReleased(held.readableBytes());
      held.release();
      held = null;
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    if (connection.isClosed() || hasEnded) {
      bytes.release();
    } else if (to == null) {
      hold(ctx, bytes);
    } else {
      connection.moved(fromClient, bytes.readableBytes());
      to.write(bytes, to.voidPromise());
    }
  }

  /** Copies: a buffer of the socket's size would be kept for a few bytes. */
  private void hold(ChannelHandlerContext ctx, ByteBuf bytes) {
    int length = bytes.readableBytes();
    try {
      if (held == null) {
        held = ctx.alloc().buffer(length);
      }
      held.writeBytes(bytes);
    } finally {
      bytes.release();
    }
    noteHeld(length);
  }

  private void noteHeld(int bytes) {
    if (fromClient) {
      connection.loop().holds(connection, bytes);
    }
  }

  private void noteReleased(int bytes) {
    if (fromClient) {
      connection.loop().letsGo(connection, bytes);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (to != null) {
      to.flush();
      if (!to.isWritable()) {
        ctx.channel().config().setAutoRead(false);
      }
    } else if (connection.state() == Connection.State.DIALING) {
      ctx.channel().config().setAutoRead(false);
    }
  }

  /**
   * This side takes bytes again, or no longer: the other is read accordingly. Not beyond its end,
   * where epoll may know it no more: to ask for more is an error, and would be taken for a reset.
   */
  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (to != null && !((DuplexChannel) to).isInputShutdown()) {
      to.config().setAutoRead(ctx.channel().isWritable());
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (!hasEnded) {
      if (event instanceof SslCloseCompletionEvent notified && notified.isSuccess()) {
        onEnd();
      } else if (event == ChannelInputShutdownEvent.INSTANCE) {
        onInputShutdown(ctx);
      }
    }
    ReferenceCountUtil.release(event);
  }

  /**
   * Anybody on the way can end TCP; where there is TLS, only its own close_notify says that what
   * came is all there is (RFC 8446, section 6.1).
   */
  private void onInputShutdown(ChannelHandlerContext ctx) {
    if (ctx.pipeline().get(SslHandler.class) == null) {
      onEnd();
    } else {
      connection.broke(fromClient, "TCP ended before TLS did");
    }
  }

  private void onEnd() {
    hasEnded = true;
    if (to != null) {
      passEnd(to);
    } else if (fromClient && connection.state() != Connection.State.DIALING) {
      connection.end(CloseReason.CLIENT_GONE, "");
    }
  }

  /** Behind all bytes: an output that is shut down at once loses what is queued. */
  private void passEnd(Channel other) {
    other
        .writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(
            written -> {
              if (!written.isSuccess()) {
                connection.broke(!fromClient, text(written.cause()));
                return;
              }
              SslHandler tls = other.pipeline().get(SslHandler.class);
              if (tls == null) {
                shutdownOutput(other);
              } else {
                tls.closeOutbound().addListener(notified -> shutdownOutput(other));
              }
            });
  }

  private void shutdownOutput(Channel other) {
    if (connection.isClosed()) {
      return;
    }
    hasPassedEnd = true;
    ((DuplexChannel) other).shutdownOutput().addListener(shutDown -> afterShutdown(shutDown));
  }

  private void afterShutdown(Future<?> shutDown) {
    if (shutDown.isSuccess()) {
      connection.passedEnd(fromClient);
    } else if (!connection.isClosed()) {
      connection.broke(!fromClient, text(shutDown.cause()));
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    connection.broke(fromClient, "");
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!(cause instanceof IOException)) {
      LOG.debug("connection failed side={}", fromClient ? "client" : "upstream", cause);
    }
    connection.broke(fromClient, text(cause));
  }

  static String text(@Nullable Throwable cause) {
    if (cause == null) {
      return "";
    }
    if (cause instanceof ClosedChannelException) {
      return "the other end closed the connection";
    }
    String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : message.replace('"', '\'');
  }
}
