package io.hanse.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.hanse.fsm.row.ConnectProxyConfig;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.row.ServiceAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ListenAddressesTest {
  @Test
  void shouldListenOnceWhereOneAddressContainsAnother() {
    assertThat(addresses("", "127.0.0.1", 8443))
        .containsExactly(Map.entry("default", new InetSocketAddress("0.0.0.0", 8443)));
    assertThat(addresses("127.0.0.1", "127.0.0.1", 8443)).containsOnlyKeys("default");
    assertThat(addresses("127.0.0.1", "0.0.0.0", 8443))
        .containsExactly(Map.entry("lan", new InetSocketAddress("0.0.0.0", 8443)));
  }

  @Test
  void shouldListenAtEachAddressThatIsAnother() {
    assertThat(addresses("127.0.0.1", "127.0.0.2", 8443)).containsOnlyKeys("default", "lan");
    assertThat(addresses("", "127.0.0.1", 8444)).containsOnlyKeys("default", "lan");
    assertThat(addresses("", "::1", 8443)).containsOnlyKeys("default", "lan");
  }

  private static Map<String, InetSocketAddress> addresses(String own, String lan, int lanPort) {
    Struct config =
        Struct.newBuilder()
            .putFields(
                "envoy_gateway_bind_tagged_addresses",
                Value.newBuilder().setBoolValue(true).build())
            .build();
    return ListenAddresses.ofGateway(
        NodeService.newBuilder()
            .setAddress(own)
            .setPort(8443)
            .putTaggedAddresses(
                "lan", ServiceAddress.newBuilder().setAddress(lan).setPort(lanPort).build())
            .setProxy(ConnectProxyConfig.newBuilder().setConfig(config))
            .build());
  }
}
