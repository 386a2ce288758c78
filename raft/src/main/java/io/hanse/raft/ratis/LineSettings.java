package io.hanse.raft.ratis;

import java.lang.reflect.Field;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannelBuilder;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyChannelBuilder;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyServerBuilder;
import org.apache.ratis.thirdparty.io.netty.channel.ChannelOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a connection between servers is made with so that its loss is noticed, which Ratis leaves at
 * gRPC's defaults: without a limit, and half a minute for the attempt to connect. Packets that are
 * lost without a word, or a server whose power failed, otherwise leave a connection that looks
 * well, and on which the kernel waits ever longer before it tries again.
 */
final class LineSettings {
  private static final Logger LOG = LoggerFactory.getLogger(LineSettings.class);

  /** gRPC takes none below. */
  static final Duration KEEPALIVE = Duration.ofSeconds(10);

  static final Duration KEEPALIVE_PATIENCE = Duration.ofSeconds(3);
  static final Duration CONNECT = Duration.ofSeconds(2);

  /** How often another server may ask whether this one is there. */
  private static final Duration KEEPALIVE_PERMITTED = Duration.ofSeconds(1);

  private LineSettings() {}

  /**
   * @param builder that inside a builder of Netty's, which alone knows of connections and does not
   *     show itself here
   */
  static void apply(ManagedChannelBuilder<?> builder) {
    try {
      Object factory = valueOf(builder, "clientTransportFactoryBuilder");
      if (valueOf(factory, "this$0") instanceof NettyChannelBuilder outer) {
        outer
            .keepAliveTime(KEEPALIVE.toSeconds(), TimeUnit.SECONDS)
            .keepAliveTimeout(KEEPALIVE_PATIENCE.toSeconds(), TimeUnit.SECONDS)
            .keepAliveWithoutCalls(true)
            .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) CONNECT.toMillis());
      }
    } catch (ReflectiveOperationException | RuntimeException e) {
      LOG.warn("the loss of connections between servers will be noticed late", e);
    }
  }

  private static Object valueOf(Object holder, String name) throws ReflectiveOperationException {
    Field field = holder.getClass().getDeclaredField(name);
    field.setAccessible(true);
    return field.get(holder);
  }

  /** By default who asks more often than every five minutes is cut off. */
  static NettyServerBuilder permit(NettyServerBuilder builder) {
    return builder
        .permitKeepAliveTime(KEEPALIVE_PERMITTED.toSeconds(), TimeUnit.SECONDS)
        .permitKeepAliveWithoutCalls(true);
  }
}
