package io.hanse.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hanse.cli.value.Value;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What changes around a peering with a real Consul: roots, addresses, tokens, processes. */
@NeedsConsul
class RealChangesIT {
  @TempDir Path folder;

  private PeeredPair pair;

  @BeforeEach
  void start() throws IOException {
    pair = PeeredPair.start(folder);
    pair.registerAndExport();
  }

  @AfterEach
  void stop() {
    Optional.ofNullable(pair).ifPresent(PeeredPair::close);
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void shouldTrustNewRootsAndSurviveARestartOfEverything(Product accepting) throws IOException {
    PeerCluster acceptor = pair.of(accepting);
    PeerCluster dialer = pair.other(acceptor);
    pair.peer(acceptor);
    pair.awaitAll("passing");
    pair.replaceRoots();
    pair.awaitChanges();
    dialer.restart();
    pair.awaitAll("passing");
    acceptor.restart();
    pair.awaitAll("passing");
    pair.restartAtOnce();
    pair.awaitAll("passing");
    pair.awaitChanges();
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void shouldFollowAddressesAndTakeANewToken(Product accepting) throws IOException {
    PeerCluster acceptor = pair.of(accepting);
    PeerCluster dialer = pair.other(acceptor);
    pair.peer(acceptor);
    pair.awaitAll("passing");
    String server = "127.0.0.1:" + acceptor.home.ports().get("grpc_tls");
    awaitDialed(dialer, server);
    acceptor.json(
        "PUT",
        "/v1/agent/service/register",
        "{\"Kind\":\"mesh-gateway\",\"Name\":\"mesh-gateway\",\"Port\":8443,"
            + "\"Address\":\"127.0.0.1\"}");
    acceptor.write("{\"Kind\":\"mesh\",\"Peering\":{\"PeerThroughMeshGateways\":true}}");
    awaitDialed(dialer, "127.0.0.1:8443");
    acceptor.json("DELETE", "/v1/config/mesh/mesh", "");
    awaitDialed(dialer, server);

    dialer.establish(acceptor, acceptor.token(dialer));
    pair.awaitChanges();
    // The stream that runs is left alone: only the next one shows what the new secret opens.
    dialer.restart();
    pair.awaitAll("passing");
    pair.awaitChanges();

    acceptor.end(dialer);
    dialer.awaitState(acceptor, "TERMINATED");
    dialer.awaitImport(acceptor, "");
    acceptor.awaitState(dialer, "");
    dialer.establish(acceptor, acceptor.token(dialer));
    pair.awaitAll("passing");
    pair.awaitChanges();
  }

  private void awaitDialed(PeerCluster dialer, String address) {
    await(dialer.name + " dials " + address)
        .atMost(PeerCluster.PATIENCE)
        .untilAsserted(
            () ->
                assertThat(dialer.peering(pair.other(dialer)).at("PeerServerAddresses").items())
                    .extracting(Value::text)
                    .containsExactly(address));
  }
}
