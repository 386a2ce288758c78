package io.hanse.http.server;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ConcurrentHashMap;

/** Lets a client have only so many connections, and says so to the one that is too many. */
@Sharable
final class ConnectionGate extends ChannelInboundHandlerAdapter {
  private static final String REFUSAL =
      "Your IP is issuing too many concurrent connections, please rate limit your calls\n";
  private static final String RESPONSE =
      "HTTP/1.1 429 Too Many Requests\r\nContent-Type: text/plain\r\nContent-Length: "
          + REFUSAL.length()
          + "\r\nConnection: close\r\n\r\n"
          + REFUSAL;

  private final int perClientMax;
  private final ConcurrentHashMap<InetAddress, Integer> counts = new ConcurrentHashMap<>();

  ConnectionGate(int perClientMax) {
    this.perClientMax = perClientMax;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    InetAddress client = clientOf(context);
    int count = counts.merge(client, 1, Integer::sum);
    context.channel().closeFuture().addListener(closed -> leave(client));
    if (count > perClientMax) {
      context
          .writeAndFlush(Unpooled.copiedBuffer(RESPONSE, StandardCharsets.US_ASCII))
          .addListener(ChannelFutureListener.CLOSE);
      return;
    }
    context.fireChannelActive();
    context.pipeline().remove(this);
  }

  /** Of a connection that is refused, nothing is read. */
  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    io.netty.util.ReferenceCountUtil.release(message);
  }

  private void leave(InetAddress client) {
    counts.computeIfPresent(client, (key, count) -> count > 1 ? count - 1 : null);
  }

  static InetAddress clientOf(ChannelHandlerContext context) {
    return ((InetSocketAddress) context.channel().remoteAddress()).getAddress();
  }
}
