package io.hanse.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Services here and of a real Consul call each other all the time, while something changes. */
@NeedsEnvoy
class RealTrafficIT {
  /** Of calls that succeed before the next thing is done. */
  private static final int SOME = 50;

  /** A stream that lasted so long counts as good: at its end, the preferred way is tried first. */
  private static final Duration GOOD = Duration.ofSeconds(16);

  @TempDir Path folder;

  private MeshedPair mesh;
  private PeeredPair pair;
  private final List<SteadyCalls> calls = new ArrayList<>();

  @BeforeEach
  void start() throws IOException {
    mesh = MeshedPair.start(folder);
    pair = mesh.peers;
  }

  @AfterEach
  void stop() {
    calls.forEach(SteadyCalls::close);
    Optional.ofNullable(mesh).ifPresent(MeshedPair::close);
  }

  /** In the order of the pair. */
  private void call() {
    for (PeerCluster each : pair.both()) {
      calls.add(
          SteadyCalls.start(each.name, mesh.dataPlane(each).upstream(), pair.other(each).name));
    }
    calls.forEach(each -> each.awaitMore(SOME));
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void shouldLoseNoCallWhileRootsAreReplaced(Product accepting) throws IOException {
    PeerCluster acceptor = pair.of(accepting);
    mesh.peerAndCallThroughGateways(acceptor);
    call();
    Map<PeerCluster, String> roots = new HashMap<>();
    for (PeerCluster each : pair.both()) {
      roots.put(each, each.rotateRoot());
      // A Consul says whom it trusts of those only that it dials.
      if (acceptor != pair.consul || each == pair.consul) {
        await("the other one trusts " + each.name + "'s new root")
            .atMost(PeerCluster.PATIENCE)
            .untilAsserted(
                () ->
                    assertThat(pair.other(each).trustedRootsOf(each))
                        .hasSize(2)
                        .contains(roots.get(each)));
      }
      calls.forEach(caller -> caller.awaitMore(SOME));
    }
    roots.forEach(
        (side, root) ->
            await(side.name + "'s sidecar has a certificate of the new root")
                .atMost(PeerCluster.PATIENCE)
                .until(() -> PresentedLeaf.isOf(root, mesh.dataPlane(side).inbound())));
    calls.forEach(caller -> caller.awaitMore(SOME));
    pair.awaitChanges();
    assertThat(calls).allSatisfy(each -> assertThat(each.failures()).as("%s", each).isEmpty());
  }

  /** Ours calls on at once. An Envoy goes on dialing a lost gateway until its check has failed. */
  @ParameterizedTest
  @EnumSource(Product.class)
  void shouldGoOnByTheOtherOfTwoGateways(Product losing) throws Exception {
    PeerCluster loser = pair.of(losing);
    mesh.peerAndCallThroughGateways(loser);
    ProxyProcess first = mesh.dataPlane(loser).gateway();
    awaitRelaying(mesh.dataPlane(loser).startSecondGateway());
    call();
    first.kill();
    calls.forEach(caller -> caller.awaitUnbroken(SOME));
    pair.awaitChanges();
    first.startAgain();
    awaitRelaying(first);
    // One may have been on its way by the gateway that was lost.
    assertThat(calls.get(0).failures()).as("%s", calls.get(0)).hasSizeLessThanOrEqualTo(1);
  }

  private void awaitRelaying(ProxyProcess gateway) {
    await("a gateway is used")
        .atMost(PeerCluster.PATIENCE)
        .untilAsserted(
            () -> {
              mesh.awaitCalls();
              assertThat(gateway.relayed()).isPositive();
            });
  }

  /** The dialing servers then go directly; where nobody relays to the accepting ones, they wait. */
  @ParameterizedTest
  @CsvSource({"HANSE, HANSE", "HANSE, CONSUL", "CONSUL, HANSE", "CONSUL, CONSUL"})
  void shouldComeBackWithTheOnlyGateway(Product accepting, Product losing) throws Exception {
    PeerCluster acceptor = pair.of(accepting);
    PeerCluster loser = pair.of(losing);
    mesh.peerAndCallThroughGateways(acceptor);
    ProxyProcess lost = mesh.dataPlane(loser).gateway();
    lost.kill();
    if (loser == acceptor) {
      pair.other(acceptor).awaitState(acceptor, "FAILING");
    } else {
      pair.awaitChanges();
    }
    pair.change("warning");
    lost.startAgain();
    pair.awaitAll("warning");
    pair.change("passing");
    pair.awaitAll("passing");
    mesh.awaitCalls();
  }

  /** Our servers went directly while their gateway was lost: the next stream tries it first. */
  @Test
  void shouldDialThroughTheGatewayThatIsBack() throws Exception {
    PeerCluster acceptor = pair.consul;
    mesh.peerAndCallThroughGateways(acceptor);
    ProxyProcess own = mesh.dataPlane(pair.hanse).gateway();
    own.kill();
    pair.awaitChanges();
    own.startAgain();
    // Else it were chance which way is tried at the moment when the only gateway there is back.
    ProxyProcess second = mesh.dataPlane(acceptor).startSecondGateway();
    awaitRelaying(second);
    await("the direct way is left alone, and good by now")
        .during(GOOD)
        .atMost(PeerCluster.PATIENCE)
        .until(() -> own.relayed(acceptor.serverName()) == 0);
    mesh.dataPlane(acceptor).gateway().kill();
    await("our gateway leads to their servers")
        .atMost(PeerCluster.PATIENCE)
        .until(() -> own.relayed(acceptor.serverName()) > 0);
    pair.awaitChanges();
    assertThat(second.relayed(acceptor.serverName())).as("by the one that is left").isPositive();
  }
}
