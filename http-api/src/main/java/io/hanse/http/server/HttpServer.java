package io.hanse.http.server;

import io.hanse.http.exchange.Transfers;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Accepts connections and gives each its pipeline. It knows nothing of endpoints. */
public final class HttpServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);
  private static final int BACKLOG = 1024;
  private static final String[] TLS_VERSIONS = {"TLSv1.3", "TLSv1.2"};

  private final HttpSettings.Limits limits;
  private final Dispatcher dispatcher;
  private final ResponseWriter writer;
  private final Transfers transfers;
  private final ConnectionGate gate;
  private final EventLoopGroup loops;
  private final List<Channel> listeners = new ArrayList<>();
  private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);

  HttpServer(HttpSettings settings, Dispatcher dispatcher, Transfers transfers, int threadCount) {
    this.transfers = transfers;
    this.limits = settings.limits();
    this.dispatcher = dispatcher;
    this.writer = new ResponseWriter(settings);
    this.gate = new ConnectionGate(limits.connectionsPerClientMax());
    this.loops =
        new MultiThreadIoEventLoopGroup(
            threadCount, new DefaultThreadFactory("http"), NioIoHandler.newFactory());
  }

  /**
   * Listens at an address; port 0 means any that is free.
   *
   * @return where it listens
   * @throws IllegalStateException if the port is taken
   */
  public InetSocketAddress listen(InetSocketAddress address) {
    return bind(address, connection -> {});
  }

  /**
   * The same with TLS. Of the application protocols only HTTP/1.1 is offered.
   *
   * @param verify whether clients have to show a certificate that the context believes
   */
  public InetSocketAddress listenTls(InetSocketAddress address, SSLContext tls, boolean verify) {
    return bind(
        address,
        connection -> {
          SSLEngine engine = tls.createSSLEngine();
          engine.setUseClientMode(false);
          engine.setNeedClientAuth(verify);
          engine.setEnabledProtocols(TLS_VERSIONS);
          connection.pipeline().addLast(new SslHandler(engine));
        });
  }

  private InetSocketAddress bind(InetSocketAddress address, Consumer<SocketChannel> first) {
    Channel channel =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel connection) {
                    connections.add(connection);
                    first.accept(connection);
                    fill(connection);
                  }
                })
            .bind(address)
            .syncUninterruptibly()
            .channel();
    listeners.add(channel);
    LOG.info("http listening address={}", channel.localAddress());
    return (InetSocketAddress) channel.localAddress();
  }

  private void fill(SocketChannel connection) {
    connection
        .pipeline()
        .addLast(gate)
        .addLast(new IdleStateHandler(limits.idle().toMillis(), 0, 0, TimeUnit.MILLISECONDS));
    serve(connection);
  }

  /** Answers what comes by a connection; who accepts it sees to its bounds. */
  void serve(Channel connection) {
    HttpDecoderConfig decoding =
        new HttpDecoderConfig()
            .setMaxInitialLineLength(limits.requestLineBytesMax())
            .setMaxHeaderSize(limits.headerBytesMax());
    connection
        .pipeline()
        .addLast(new HttpRequestDecoder(decoding))
        .addLast(new HttpResponseEncoder())
        .addLast(new HttpConnection(dispatcher, writer, transfers));
  }

  /** Takes no more connections, closes those there are, and ends. */
  @Override
  public void close() {
    listeners.forEach(listener -> listener.close().awaitUninterruptibly());
    connections.close().awaitUninterruptibly(limits.closing().toMillis());
    loops
        .shutdownGracefully(0, limits.closing().toMillis(), TimeUnit.MILLISECONDS)
        .awaitUninterruptibly(2 * limits.closing().toMillis());
  }
}
