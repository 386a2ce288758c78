package io.hanse.peering.transport;

import io.grpc.Status;
import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.InternalProtocolNegotiationEvent;
import io.grpc.netty.InternalProtocolNegotiator.ClientFactory;
import io.grpc.netty.InternalProtocolNegotiator.ProtocolNegotiator;
import io.grpc.netty.InternalProtocolNegotiators;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.AsciiString;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.StandardConstants;

/**
 * The dialer's side of TLS: sends the server name as it is, underscores too, and goes on if the
 * acceptor selects no protocol.
 */
final class TlsDialing implements ClientFactory {
  private static final int HTTPS = 443;
  static final long HANDSHAKE_MILLIS_MAX = 5_000;

  private final SslContext tls;
  private final String serverName;

  TlsDialing(SslContext tls, String serverName) {
    this.tls = tls;
    this.serverName = serverName;
  }

  @Override
  public int getDefaultPort() {
    return HTTPS;
  }

  @Override
  public ProtocolNegotiator newNegotiator() {
    ProtocolNegotiator plain = InternalProtocolNegotiators.plaintext();
    return new ProtocolNegotiator() {
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
    };
  }

  /** Stands in for the HTTP/2 handler until the handshake is over. */
  private final class Connection extends ChannelInboundHandlerAdapter {
    private final ChannelHandler next;

    Connection(ChannelHandler next) {
      this.next = next;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
      SslHandler handler = tls.newHandler(context.alloc());
      SSLParameters parameters = handler.engine().getSSLParameters();
      parameters.setServerNames(List.of(new AnyHostName(serverName)));
      handler.engine().setSSLParameters(parameters);
      handler.setHandshakeTimeoutMillis(HANDSHAKE_MILLIS_MAX);
      context.pipeline().addBefore(context.name(), null, handler);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
      if (!(event instanceof SslHandshakeCompletionEvent handshake)) {
        super.userEventTriggered(context, event);
        return;
      }
      if (!handshake.isSuccess()) {
        fail(context, handshake.cause());
        return;
      }
      SslHandler handler = context.pipeline().get(SslHandler.class);
      if (!Alpn.isSpoken(handler.applicationProtocol())) {
        fail(
            context,
            new OtherProtocolException("the server speaks " + handler.applicationProtocol()));
        return;
      }
      context.pipeline().replace(this, null, next);
      context.pipeline().fireUserEventTriggered(InternalProtocolNegotiationEvent.getDefault());
    }

    private static void fail(ChannelHandlerContext context, Throwable cause) {
      context.fireExceptionCaught(
          Status.UNAVAILABLE
              .withDescription(
                  "connection error: desc = \"transport: authentication handshake failed: "
                      + GrpcStatuses.rootMessage(cause)
                      + "\"")
              .withCause(cause)
              .asRuntimeException());
    }
  }

  /** TLS led to something that is no peer. */
  static final class OtherProtocolException extends IOException {
    private static final long serialVersionUID = 1;

    private OtherProtocolException(String message) {
      super(message);
    }
  }

  /** A host name as it is: the JDK's own class refuses underscores. */
  private static final class AnyHostName extends SNIServerName {
    AnyHostName(String name) {
      super(StandardConstants.SNI_HOST_NAME, name.getBytes(StandardCharsets.US_ASCII));
    }
  }
}
