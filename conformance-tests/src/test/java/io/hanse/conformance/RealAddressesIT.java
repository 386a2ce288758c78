package io.hanse.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hanse.cli.value.Value;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Servers here and of a real Consul that come back at other addresses and on other ports. */
@NeedsConsul
class RealAddressesIT {
  private static final int SERVERS = 3;

  @TempDir Path folder;

  private PeeredPair pair;

  @AfterEach
  void stop() {
    Optional.ofNullable(pair).ifPresent(PeeredPair::close);
  }

  private void start(int size, Product accepting) throws IOException {
    pair = PeeredPair.start(folder, size);
    pair.peer(pair.of(accepting));
    pair.registerAndExport();
    // A check that was told of its state has it after a restart; one that was registered may not.
    pair.awaitChanges();
  }

  /** The dialer hears of each from those that still are where they were. */
  @ParameterizedTest
  @EnumSource(Product.class)
  void shouldFollowServersThatMoveOneByOne(Product accepting) throws IOException {
    start(SERVERS, accepting);
    PeerCluster acceptor = pair.of(accepting);
    PeerCluster dialer = pair.other(acceptor);
    acceptor.trustServersSoon();
    for (int i = 0; i < SERVERS; i++) {
      acceptor.move(i, "127.0.0." + (11 + i));
      awaitDialed(dialer, acceptor);
    }
    pair.awaitAll("passing");
    pair.awaitChanges();
    dialer.restart();
    pair.awaitAll("passing");
    pair.awaitChanges();
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void shouldDialFromAnywhere(Product accepting) throws IOException {
    start(1, accepting);
    pair.other(pair.of(accepting)).move(0, "127.0.0.11");
    pair.awaitAll("passing");
    pair.awaitChanges();
  }

  /** Nobody tells a Consul where the only server went, but another token. */
  @Test
  void shouldBeFoundByAnotherToken() throws IOException {
    start(1, Product.HANSE);
    pair.hanse.move(0, "127.0.0.11");
    pair.consul.establish(pair.hanse, pair.hanse.token(pair.consul));
    awaitDialed(pair.consul, pair.hanse);
    pair.awaitAll("passing");
    pair.awaitChanges();
  }

  /** Our operator may say so without one; from then on the Consul itself does. */
  @Test
  void shouldFindAConsulWhereItsAddressIsPinned() throws IOException {
    start(1, Product.CONSUL);
    pair.consul.move(0, "127.0.0.11");
    pin("[{\"Address\":\"" + pair.consul.addresses().get(0) + "\"}]");
    awaitDialed(pair.hanse, pair.consul);
    pin("[]");
    pair.awaitAll("passing");
    pair.awaitChanges();
    pair.hanse.restart();
    pair.awaitAll("passing");
    pair.awaitChanges();
  }

  private void pin(String addresses) throws IOException {
    pair.hanse.json(
        "PUT",
        "/v1/peering/addresses",
        "{\"PeerName\":\""
            + pair.hanse.callOf(pair.consul)
            + "\",\"Addresses\":"
            + addresses
            + "}");
  }

  private static void awaitDialed(PeerCluster dialer, PeerCluster acceptor) {
    await(dialer.name + " dials " + acceptor.addresses())
        .atMost(PeerCluster.PATIENCE)
        .untilAsserted(
            () ->
                assertThat(dialer.peering(acceptor).at("PeerServerAddresses").items())
                    .extracting(Value::text)
                    .containsExactlyInAnyOrderElementsOf(acceptor.addresses()));
  }
}
