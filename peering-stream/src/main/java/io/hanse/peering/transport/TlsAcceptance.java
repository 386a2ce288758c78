package io.hanse.peering.transport;

import io.grpc.Attributes;
import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.InternalProtocolNegotiationEvent;
import io.grpc.netty.InternalProtocolNegotiator.ProtocolNegotiator;
import io.grpc.netty.InternalProtocolNegotiators;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SniHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.AsciiString;
import io.netty.util.concurrent.Promise;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The acceptor's side of TLS. The name that a client asks for decides what it may call: the peering
 * name leads to the peer stream alone. gRPC's own negotiator is not used, for it insists on ALPN.
 */
final class TlsAcceptance implements ProtocolNegotiator {
  /** Whether the client asked for the peering name. */
  static final Attributes.Key<Boolean> PEERING_NAME = Attributes.Key.create("peering-name");

  /** What the connection counts as. */
  static final Attributes.Key<ClientShares.Share> SHARE = Attributes.Key.create("share");

  private static final int HELLO_BYTES_MAX = 16 * 1024;
  private static final long HANDSHAKE_MILLIS_MAX = 15_000;

  private final ProtocolNegotiator plain = InternalProtocolNegotiators.serverPlaintext();
  private final Consumer<Promise<SslContext>> tls;
  private final Supplier<Optional<String>> peeringName;
  private final ClientShares connections;

  /**
   * Takes what is shown and how clients are told apart.
   *
   * @param tls gives what is shown, to be used soon
   * @param peeringName the name of this cluster's servers towards other clusters, once known
   * @param connections those that there may be
   */
  TlsAcceptance(
      Consumer<Promise<SslContext>> tls,
      Supplier<Optional<String>> peeringName,
      ClientShares connections) {
    this.tls = tls;
    this.peeringName = peeringName;
    this.connections = connections;
  }

  @Override
  public AsciiString scheme() {
    return AsciiString.of("https");
  }

  @Override
  public ChannelHandler newHandler(GrpcHttp2ConnectionHandler http2) {
    return new Connection(plain.newHandler(http2));
  }

  @Override
  public void close() {
    plain.close();
  }

  /** Stands in for the HTTP/2 handler until the handshake is over. */
  private final class Connection extends ChannelInboundHandlerAdapter {
    private final ChannelHandler next;
    private boolean asksForPeering;
    private ClientShares.@Nullable Share share;

    Connection(ChannelHandler next) {
      this.next = next;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
      Optional<ClientShares.Share> taken = connections.take(context.channel().remoteAddress());
      if (taken.isEmpty()) {
        context.close();
        return;
      }
      ClientShares.Share own = taken.get();
      share = own;
      context.channel().closeFuture().addListener(closed -> own.giveBack());
      context
          .pipeline()
          .addBefore(
              context.name(),
              null,
              new SniHandler(this::select, HELLO_BYTES_MAX, HANDSHAKE_MILLIS_MAX));
    }

    private Promise<SslContext> select(String name, Promise<SslContext> promise) {
      asksForPeering = name != null && peeringName.get().filter(name::equalsIgnoreCase).isPresent();
      tls.accept(promise);
      return promise;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
      if (!(event instanceof SslHandshakeCompletionEvent handshake)) {
        super.userEventTriggered(context, event);
        return;
      }
      if (!handshake.isSuccess()) {
        context.close();
        return;
      }
      Attributes attributes =
          Attributes.newBuilder().set(PEERING_NAME, asksForPeering).set(SHARE, share).build();
      context.pipeline().replace(this, null, next);
      context
          .pipeline()
          .fireUserEventTriggered(
              InternalProtocolNegotiationEvent.withAttributes(
                  InternalProtocolNegotiationEvent.getDefault(), attributes));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      // Scanners and strangers: not worth a line each.
      context.close();
    }
  }
}
