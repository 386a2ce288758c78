package io.hanse.gateway.relay;

import io.hanse.gateway.sniff.ClientHelloReader;
import io.hanse.gateway.sniff.ServerName;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.ByteBuffer;

/** Watches the first bytes of a client for a server name, and lets them pass unchanged. */
final class HelloHandler extends ChannelInboundHandlerAdapter {
  private final Connection connection;
  private final ChannelRelay relay;
  private final ClientHelloReader reader;

  HelloHandler(Connection connection, ChannelRelay relay) {
    this.connection = connection;
    this.relay = relay;
    this.reader = new ClientHelloReader(connection.shared().limits().hello().bytesMax());
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    ClientHelloReader.Verdict verdict = ClientHelloReader.Verdict.MORE;
    for (ByteBuffer part : bytes.nioBuffers()) {
      verdict = reader.feed(part);
    }
    ctx.fireChannelRead(bytes);
    if (verdict != ClientHelloReader.Verdict.MORE && !connection.isClosed()) {
      ctx.pipeline().remove(this);
      decide(verdict);
    }
  }

  private void decide(ClientHelloReader.Verdict verdict) {
    connection.shared().metrics().called();
    connection.shared().metrics().helloRead(connection.ageNanos());
    switch (verdict) {
      case NAME -> {
        ServerName name = reader.serverName().orElseThrow();
        connection.named(name.value());
        relay.route(connection, name);
      }
      case BAD_HELLO -> connection.end(CloseReason.BAD_HELLO, "");
      case NO_SNI -> connection.end(CloseReason.NO_SNI, "");
      case TOO_LARGE -> connection.end(CloseReason.HELLO_TOO_LARGE, "");
      case MORE -> throw new IllegalStateException("nothing to decide yet");
    }
  }
}
