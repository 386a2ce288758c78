package io.hanse.gateway.relay;

import static io.hanse.gateway.relay.TestBackend.connect;
import static io.hanse.gateway.relay.TestBackend.drain;
import static io.hanse.gateway.relay.TestBackend.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hanse.gateway.access.IntentionPolicy;
import io.hanse.gateway.route.EndpointPicker;
import io.hanse.gateway.route.Target;
import io.hanse.gateway.route.TargetUsage;
import io.hanse.peering.proto.Intentions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A sidecar's front to the mesh while clients hold on that never finish a handshake. */
@Execution(ExecutionMode.CONCURRENT)
class HandshakePlacesIT {
  private final MeshIdentity mesh = new MeshIdentity();

  @ParameterizedTest
  @EnumSource(Transport.class)
  void shouldServeWhoSpeaksWhileSilentClientsHoldAllPlaces(Transport transport) throws Exception {
    int places = GatewayLimits.defaults().tls().handshakesMax();
    List<Socket> silent = new ArrayList<>();
    try (TestBackend app = new TestBackend();
        RelayLoops loops = new RelayLoops(transport, 1, GatewayLimits.defaults());
        RelayLoops.Listener listener = listen(loops, app.port())) {
      for (int i = 0; i < places; i++) {
        silent.add(connect(listener.address().getPort()));
      }
      await().until(() -> loops.openCount() == places);
      try (Socket honest = mesh.connect("web", listener.address().getPort())) {
        honest.getOutputStream().write(7);
        assertThat(read(app.next(), 1)).containsExactly(7);
      }
      assertThat(drain(silent.get(0))).as("the oldest had to go").isZero();
      assertThat(loops.metrics().count(CloseReason.LIMIT_HANDSHAKES)).isEqualTo(1);
    } finally {
      for (Socket each : silent) {
        each.close();
      }
    }
  }

  @Test
  void shouldGivePlacesBackThatAreNoLongerNeeded() throws Exception {
    GatewayLimits limits = GatewayLimits.defaults().with(new GatewayLimits.Tls(1, 10_000));
    try (TestBackend app = new TestBackend();
        RelayLoops loops = new RelayLoops(Transport.best(), 1, limits);
        RelayLoops.Listener listener = listen(loops, app.port());
        Socket first = mesh.connect("web", listener.address().getPort())) {
      first.getOutputStream().write(1);
      Socket behindFirst = app.next();
      assertThat(read(behindFirst, 1)).containsExactly(1);
      try (Socket second = mesh.connect("web", listener.address().getPort())) {
        second.getOutputStream().write(2);
        assertThat(read(app.next(), 1)).containsExactly(2);
      }
      connect(listener.address().getPort()).close();
      first.getOutputStream().write(3);
      assertThat(read(behindFirst, 1)).containsExactly(3);
      assertThat(loops.metrics().count(CloseReason.LIMIT_HANDSHAKES)).isZero();
    }
  }

  private RelayLoops.Listener listen(RelayLoops loops, int appPort) throws Exception {
    Target app =
        new Target(
            "local_app",
            "db",
            "",
            0,
            EndpointPicker.ofOne("127.0.0.1", appPort, System::nanoTime),
            new TargetUsage());
    IntentionPolicy everybody =
        new IntentionPolicy(Intentions.newBuilder().setAllowByDefault(true).build(), List.of());
    return loops.listen(
        "public_listener",
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        true,
        new Terminator(
            new Terminator.Rules(new InboundTls(mesh.roots(), mesh.keysOf("db")), everybody, app)));
  }
}
