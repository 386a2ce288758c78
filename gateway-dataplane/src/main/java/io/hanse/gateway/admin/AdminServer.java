package io.hanse.gateway.admin;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * Answers {@code /status}, {@code /metrics}, {@code /access-log} and {@code /ready} over HTTP, on a
 * thread of its own: what it writes may be long, and must not hold up connections.
 */
public final class AdminServer implements AutoCloseable {
  private static final int REQUEST_BYTES_MAX = 64 * 1024;
  private static final int IDLE_SECONDS = 60;
  private static final int STOP_SECONDS = 2;
  private static final String JSON = "application/json";
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String METRICS = "text/plain; version=0.0.4; charset=utf-8";

  private final EventLoopGroup group;
  private final Channel channel;

  private AdminServer(EventLoopGroup group, Channel channel) {
    this.group = group;
    this.channel = channel;
  }

  public static AdminServer start(InetSocketAddress address, Introspection proxy)
      throws IOException {
    EventLoopGroup group =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("admin", true), NioIoHandler.newFactory());
    ChannelFuture binding =
        new ServerBootstrap()
            .group(group)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel connection) {
                    connection
                        .pipeline()
                        .addLast(
                            new ReadTimeoutHandler(IDLE_SECONDS),
                            new HttpServerCodec(),
                            new HttpObjectAggregator(REQUEST_BYTES_MAX),
                            new Answers(proxy));
                  }
                })
            .bind(address)
            .awaitUninterruptibly();
    if (!binding.isSuccess()) {
      group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
      throw new IOException("cannot listen on " + address, binding.cause());
    }
    return new AdminServer(group, binding.channel());
  }

  public InetSocketAddress address() {
    return (InetSocketAddress) channel.localAddress();
  }

  @Override
  public void close() {
    group
        .shutdownGracefully(0, STOP_SECONDS, TimeUnit.SECONDS)
        .awaitUninterruptibly(STOP_SECONDS, TimeUnit.SECONDS);
  }

  private static final class Answers extends SimpleChannelInboundHandler<FullHttpRequest> {
    private final Introspection proxy;

    Answers(Introspection proxy) {
      this.proxy = proxy;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
      FullHttpResponse response = answer(request);
      HttpUtil.setContentLength(response, response.content().readableBytes());
      boolean keepAlive = HttpUtil.isKeepAlive(request);
      HttpUtil.setKeepAlive(response, keepAlive);
      ChannelFuture written = ctx.writeAndFlush(response);
      if (!keepAlive) {
        written.addListener(ChannelFutureListener.CLOSE);
      }
    }

    private FullHttpResponse answer(FullHttpRequest request) {
      if (!request.method().equals(HttpMethod.GET)) {
        return response(HttpResponseStatus.METHOD_NOT_ALLOWED, TEXT, "");
      }
      return switch (new QueryStringDecoder(request.uri()).path()) {
        case "/status" -> {
          JsonText json = new JsonText();
          proxy.status(json);
          yield response(HttpResponseStatus.OK, JSON, json.end() + "\n");
        }
        case "/metrics" -> {
          MetricsText metrics = new MetricsText();
          proxy.metrics(metrics);
          yield response(HttpResponseStatus.OK, METRICS, metrics.toString());
        }
        case "/access-log" ->
            response(
                HttpResponseStatus.OK,
                TEXT,
                String.join("\n", proxy.accessLog()) + (proxy.accessLog().isEmpty() ? "" : "\n"));
        case "/ready" ->
            proxy.isReady()
                ? response(HttpResponseStatus.OK, TEXT, "ready\n")
                : response(HttpResponseStatus.SERVICE_UNAVAILABLE, TEXT, "not ready\n");
        default -> response(HttpResponseStatus.NOT_FOUND, TEXT, "");
      };
    }

    private static FullHttpResponse response(
        HttpResponseStatus status, String type, String content) {
      FullHttpResponse response =
          new DefaultFullHttpResponse(
              HttpVersion.HTTP_1_1, status, Unpooled.copiedBuffer(content, StandardCharsets.UTF_8));
      response.headers().set(HttpHeaderNames.CONTENT_TYPE, type);
      return response;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }
}
