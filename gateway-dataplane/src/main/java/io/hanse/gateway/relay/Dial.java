package io.hanse.gateway.relay;

import io.hanse.gateway.route.Destination;
import io.hanse.gateway.route.Target;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertificateException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Finds a connection an endpoint: one after the other until one is connected, and has proved who it
 * is where TLS begins here. Nothing of the client's was sent before, so another attempt repeats
 * nothing; after that there is none, since the client may have sent what must not be sent twice.
 */
final class Dial {
  private final Connection connection;
  private final Target target;
  private final Optional<UpstreamTls> tls;
  private final GatewayLimits limits;
  private final List<Destination> tried = new ArrayList<>();
  private final long startNanos = System.nanoTime();
  private CloseReason failure = CloseReason.NO_ENDPOINT;
  private String detail = "";
  private @Nullable Channel current;
  private @Nullable ScheduledFuture<?> deadline;
  private boolean isOver;

  Dial(Connection connection, Target target, Optional<UpstreamTls> tls) {
    this.connection = connection;
    this.target = target;
    this.tls = tls;
    this.limits = connection.shared().limits();
  }

  void start() {
    connection.enter(Connection.State.DIALING);
    deadline =
        connection
            .client()
            .eventLoop()
            .schedule(this::giveUp, limits.dial().millisMax(), TimeUnit.MILLISECONDS);
    connection.client().closeFuture().addListener(closed -> abandon());
    later();
  }

  /**
   * Not in the middle of a loop's turn: a new socket could have the number of one that was closed
   * in the same turn, and would get what was still to be told of that one.
   */
  private void later() {
    connection
        .client()
        .eventLoop()
        .execute(
            () -> {
              if (!isOver) {
                attempt();
              }
            });
  }

  private void attempt() {
    Optional<Destination> picked =
        tried.size() < limits.dial().attemptsMax() ? target.picker().pick(tried) : Optional.empty();
    if (picked.isEmpty()) {
      giveUp();
      return;
    }
    Destination destination = picked.get();
    tried.add(destination);
    connection.trying(destination);
    InetSocketAddress address = destination.address();
    if (address.isUnresolved()) {
      lookUp(destination);
    } else {
      connect(address, destination);
    }
  }

  private void lookUp(Destination destination) {
    InetSocketAddress named = destination.address();
    connection
        .shared()
        .names()
        .lookUp(target.peer(), named.getHostString())
        .whenCompleteAsync(
            (host, failure) -> {
              if (isOver()) {
                return;
              }
              if (failure instanceof NameResolution.TooManyNames) {
                notTried(failure);
              } else if (host == null) {
                failed(destination, CloseReason.CONNECT_FAILED, failure);
              } else {
                connect(new InetSocketAddress(host, named.getPort()), destination);
              }
            },
            connection.client().eventLoop());
  }

  private void connect(InetSocketAddress address, Destination destination) {
    ChannelFuture connecting = bootstrap().connect(address);
    current = connecting.channel();
    connecting.addListener(done -> onConnected(connecting, destination));
  }

  private Bootstrap bootstrap() {
    int connectMillis =
        target.connectMillis() > 0 ? target.connectMillis() : limits.dial().connectMillis();
    return connection
        .shared()
        .bootstrap(connection.client().eventLoop())
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, connectMillis)
        .option(ChannelOption.AUTO_READ, tls.isPresent())
        .handler(
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel channel) {
                tls.ifPresent(
                    upstream ->
                        channel.pipeline().addLast(handler(upstream, channel), new EarlyEnd()));
              }
            });
  }

  private SslHandler handler(UpstreamTls upstream, Channel channel) {
    SslHandler handler = upstream.newHandler(channel);
    handler.setHandshakeTimeoutMillis(limits.tls().handshakeMillis());
    return handler;
  }

  private void onConnected(ChannelFuture connecting, Destination destination) {
    Channel channel = connecting.channel();
    if (isOver()) {
      channel.close();
    } else if (!connecting.isSuccess()) {
      failed(destination, CloseReason.CONNECT_FAILED, connecting.cause());
    } else if (tls.isEmpty()) {
      succeeded(channel, destination);
    } else {
      channel
          .pipeline()
          .get(SslHandler.class)
          .handshakeFuture()
          .addListener(shaken -> onHandshake(shaken, channel, destination));
    }
  }

  private void onHandshake(Future<?> shaken, Channel channel, Destination destination) {
    connection.shared().metrics().handshake(shaken.isSuccess());
    if (isOver()) {
      channel.close();
    } else if (!shaken.isSuccess()) {
      channel.close();
      if (isCertificateProblem(shaken.cause())) {
        // Somebody else answers at this address: not a reason to ask the next one.
        end(CloseReason.TLS_FAILED, RelayHandler.text(shaken.cause()));
      } else {
        failed(destination, CloseReason.TLS_FAILED, shaken.cause());
      }
    } else {
      SslHandler handler = channel.pipeline().get(SslHandler.class);
      Optional<String> refusal =
          tls.flatMap(upstream -> upstream.refusal(handler.engine().getSession()));
      if (refusal.isPresent()) {
        channel.close();
        end(CloseReason.TLS_FAILED, refusal.get());
      } else {
        succeeded(channel, destination);
      }
    }
  }

  /** A connection that ended meanwhile may still be saying goodbye to its client. */
  private boolean isOver() {
    return isOver || connection.isClosed();
  }

  private void succeeded(Channel channel, Destination destination) {
    isOver = true;
    cancelDeadline();
    target.picker().connected(destination);
    target.usage().connected(System.nanoTime() - startNanos);
    if (tls.isPresent()) {
      channel.pipeline().remove(EarlyEnd.class);
    }
    channel.pipeline().addLast(connection.fromUpstream());
    connection.relay(channel);
  }

  /** For want of room here: to the endpoint, nothing happened. */
  private void notTried(Throwable cause) {
    failure = CloseReason.CONNECT_FAILED;
    detail = RelayHandler.text(cause);
    later();
  }

  private void failed(Destination destination, CloseReason reason, @Nullable Throwable cause) {
    target.picker().failed(destination);
    target.usage().connectFailed();
    failure = reason;
    detail =
        reason == CloseReason.TLS_FAILED && cause instanceof ClosedChannelException
            ? HangUp.meaning(target)
            : RelayHandler.text(cause);
    later();
  }

  private void giveUp() {
    if (failure == CloseReason.NO_ENDPOINT && !tried.isEmpty()) {
      failure = CloseReason.CONNECT_FAILED;
      detail = "no connection in time";
    }
    end(failure, detail);
  }

  private void end(CloseReason reason, String why) {
    if (!isOver) {
      abandon();
      connection.end(reason, why);
    }
  }

  /** The client is gone, or all attempts failed. */
  private void abandon() {
    if (isOver) {
      return;
    }
    isOver = true;
    cancelDeadline();
    if (current != null) {
      current.close();
    }
  }

  private void cancelDeadline() {
    if (deadline != null) {
      deadline.cancel(false);
    }
  }

  private static boolean isCertificateProblem(@Nullable Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof CertificateException) {
        return true;
      }
    }
    return false;
  }

  /**
   * An endpoint that ends the connection in the middle of a handshake has refused it. The TLS
   * handler would wait for the rest, since half a connection is still open.
   */
  private static final class EarlyEnd extends ChannelInboundHandlerAdapter {
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event == ChannelInputShutdownEvent.INSTANCE) {
        // The kernel calls a socket hung up, too, that has not begun to connect.
        if (ctx.channel().isActive()) {
          ctx.close();
        }
      } else {
        ctx.fireUserEventTriggered(event);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      // The future of the handshake tells.
      ctx.close();
    }
  }
}
