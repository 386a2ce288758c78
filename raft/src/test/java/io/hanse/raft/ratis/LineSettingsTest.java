package io.hanse.raft.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.time.Duration;
import java.util.Map;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyChannelBuilder;
import org.apache.ratis.thirdparty.io.netty.channel.ChannelOption;
import org.junit.jupiter.api.Test;

class LineSettingsTest {
  /** What a builder hands out of them is nothing: they are looked for where it keeps them. */
  private static Object valueOf(Object builder, String name) throws Exception {
    Field field = builder.getClass().getDeclaredField(name);
    field.setAccessible(true);
    return field.get(builder);
  }

  @Test
  void shouldReachTheChannelsThatTheLibraryMakes() throws Exception {
    assertThat(new LogRpc().name()).isNotEmpty();
    NettyChannelBuilder builder = NettyChannelBuilder.forTarget("hanse:///anyone");
    assertThat(valueOf(builder, "keepAliveTimeNanos")).isEqualTo(Duration.ofSeconds(10).toNanos());
    assertThat(valueOf(builder, "keepAliveTimeoutNanos"))
        .isEqualTo(Duration.ofSeconds(3).toNanos());
    assertThat(valueOf(builder, "keepAliveWithoutCalls")).isEqualTo(true);
    assertThat((Map<?, ?>) valueOf(builder, "channelOptions"))
        .isEqualTo(Map.of(ChannelOption.CONNECT_TIMEOUT_MILLIS, 2000));
  }
}
