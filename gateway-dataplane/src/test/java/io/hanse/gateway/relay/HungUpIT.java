package io.hanse.gateway.relay;

import static io.hanse.gateway.relay.TestBackend.connect;
import static io.hanse.gateway.relay.TestBackend.drain;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hanse.gateway.route.EndpointPicker;
import io.hanse.gateway.route.Target;
import io.hanse.gateway.route.TargetUsage;
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
    try (TestBackend gateway = new TestBackend();
        RelayLoops loops = new RelayLoops(transport, 1, GatewayLimits.defaults());
        RelayLoops.Listener listener = listen(loops, gateway.port());
        Socket app = connect(listener.address().getPort())) {
      gateway.next().close();
      assertThat(drain(app)).isZero();
      await().until(() -> loops.log().recent().size() == 1);
      AccessLog.Entry entry = loops.log().recent().get(0);
      assertThat(entry.reason()).isEqualTo(CloseReason.TLS_FAILED);
      assertThat(entry.detail())
          .contains("not exported", "no instance that passes", "hanse peering explain");
    }
  }

  private RelayLoops.Listener listen(RelayLoops loops, int gatewayPort) throws Exception {
    Target far =
        new Target(
            "web.beta",
            "web",
            "",
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
