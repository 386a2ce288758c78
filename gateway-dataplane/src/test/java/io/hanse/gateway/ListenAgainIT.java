package io.hanse.gateway;

import static io.hanse.gateway.relay.TestBackend.connect;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanse.gateway.relay.Front;
import io.hanse.gateway.relay.GatewayLimits;
import io.hanse.gateway.relay.RelayLoops;
import io.hanse.gateway.relay.TestBackend;
import io.hanse.gateway.relay.Transport;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Addresses that are another's already, or that change. */
@Execution(ExecutionMode.CONCURRENT)
class ListenAgainIT {
  private static final Front SILENT = connection -> {};

  private final ProxyRuntime runtime =
      new ProxyRuntime(
          ProxySettings.of("gateway"),
          "mesh-gateway",
          () -> {
            throw new IOException("never started");
          },
          snapshot -> {});

  @AfterEach
  void stop() {
    runtime.close();
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void shouldSayThatAPortIsAnothers(Transport transport) throws Exception {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (RelayLoops first = new RelayLoops(transport, 1, GatewayLimits.defaults());
        RelayLoops second = new RelayLoops(transport, 1, GatewayLimits.defaults())) {
      RelayLoops.Listener listener = first.listen("gateway", any, true, SILENT);
      InetSocketAddress taken = listener.address();
      assertThatThrownBy(() -> second.listen("gateway", taken, true, SILENT))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("cannot listen on " + taken);
      listener.close();
      second.listen("gateway", taken, true, SILENT).close();
    }
  }

  @Test
  void shouldListenWhereItIsToldNow() throws Exception {
    int first = TestBackend.deadPort();
    int second = TestBackend.deadPort();
    assertThat(listen("127.0.0.1", first)).isTrue();
    try (Socket open = connect(first)) {
      assertThat(listen("127.0.0.1", second)).isTrue();
      connect(second).close();
      assertThatThrownBy(() -> connect(first)).isInstanceOf(ConnectException.class);
      assertThat(open.isConnected()).isTrue();
    }
  }

  @Test
  void shouldWidenAndNarrowAnAddress() throws Exception {
    int port = TestBackend.deadPort();
    assertThat(listen("127.0.0.1", port)).isTrue();
    assertThat(listen("0.0.0.0", port)).isTrue();
    connect(port).close();
    assertThat(listen("127.0.0.1", port)).isTrue();
    connect(port).close();
    assertThat(runtime.listeners().get("default").address().getAddress().isLoopbackAddress())
        .isTrue();
  }

  @Test
  void shouldGoOnWhereItListensWhileTheNewAddressIsAnothers() throws Exception {
    int first = TestBackend.deadPort();
    assertThat(listen("127.0.0.1", first)).isTrue();
    try (TestBackend another = new TestBackend()) {
      assertThat(listen("127.0.0.1", another.port())).isFalse();
      connect(first).close();
    }
  }

  /** 192.0.2.0/24 is for documentation (RFC 5737), so it is nobody's. */
  @Test
  void shouldGiveUpNothingForAnAddressThatThisMachineDoesNotHave() throws Exception {
    int port = TestBackend.deadPort();
    assertThat(listen("127.0.0.1", port)).isTrue();
    assertThat(listen("192.0.2.7", port)).isFalse();
    assertThat(listen("nowhere.invalid", port)).isFalse();
    connect(port).close();
  }

  @Test
  void shouldSwapTwoListeners() throws Exception {
    InetSocketAddress one =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), TestBackend.deadPort());
    InetSocketAddress other =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), TestBackend.deadPort());
    assertThat(runtime.listen("lan", one, true, SILENT)).isTrue();
    assertThat(runtime.listen("wan", other, true, SILENT)).isTrue();
    runtime.letGo(Map.of("lan", other, "wan", one));
    assertThat(runtime.listen("lan", other, true, SILENT)).isTrue();
    assertThat(runtime.listen("wan", one, true, SILENT)).isTrue();
    assertThat(runtime.listeners().get("lan").address()).isEqualTo(other);
    runtime.letGo(Map.of("wan", one));
    assertThat(runtime.listeners()).containsOnlyKeys("wan");
  }

  private boolean listen(String host, int port) {
    return runtime.listen("default", new InetSocketAddress(host, port), true, SILENT);
  }
}
