package io.hanse.gateway.relay;

import static io.hanse.gateway.relay.TestBackend.connect;
import static io.hanse.gateway.relay.TestBackend.drain;
import static io.hanse.gateway.relay.TestBackend.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hanse.gateway.route.EndpointPicker;
import io.hanse.gateway.route.Target;
import io.hanse.gateway.route.TargetUsage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A sidecar that calls, and a gateway that has nowhere to bring the call. */
class HungUpIT {
  private final MeshIdentity mesh = new MeshIdentity();

  @ParameterizedTest
  @EnumSource(Transport.class)
  void shouldSayWhatItMeansThatTheOtherEndHangsUp(Transport transport) throws Exception {
    for (boolean byReset : new boolean[] {false, true}) {
      assertThat(detail(transport, "beta", byReset))
          .contains("not exported", "no instance that passes")
          .endsWith("hanse peering explain -name beta -service web");
    }
  }

  /** There is no gateway between. */
  @ParameterizedTest
  @EnumSource(Transport.class)
  void shouldNotSpeakOfExportsWithinACluster(Transport transport) throws Exception {
    assertThat(detail(transport, "", false))
        .isEqualTo(
            "the other end closed the connection before the handshake was done; see its log");
  }

  private String detail(Transport transport, String peer, boolean byReset) throws Exception {
    try (TestBackend gateway = new TestBackend();
        RelayLoops loops = new RelayLoops(transport, 1, GatewayLimits.defaults());
        RelayLoops.Listener listener = listen(loops, peer, gateway.port());
        Socket app = connect(listener.address().getPort())) {
      hangUp(gateway.next(), byReset);
      assertThat(drain(app)).isZero();
      await().until(() -> loops.log().recent().size() == 1);
      AccessLog.Entry entry = loops.log().recent().get(0);
      assertThat(entry.reason()).isEqualTo(CloseReason.TLS_FAILED);
      return entry.detail();
    }
  }

  /** Once it was asked for a name. */
  private static void hangUp(Socket caller, boolean byReset) throws IOException {
    assertThat(read(caller, 1)).hasSize(1);
    if (byReset) {
      caller.setSoLinger(true, 0);
    }
    caller.close();
  }

  private RelayLoops.Listener listen(RelayLoops loops, String peer, int gatewayPort)
      throws Exception {
    Target far =
        new Target(
            "web.beta",
            "web",
            peer,
            0,
            EndpointPicker.ofOne("127.0.0.1", gatewayPort, System::nanoTime),
            new TargetUsage());
    UpstreamTls tls =
        new OutboundTls(
            "web.default.beta.external.test.consul",
            List.of("spiffe://test/ns/default/dc/dc2/svc/web"),
            mesh.roots().get(0),
            mesh.keysOf("caller"));
    return loops.listen(
        "web",
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        false,
        new Originator(List.of(new Originator.Upstream(far, Optional.of(tls), false))));
  }
}
