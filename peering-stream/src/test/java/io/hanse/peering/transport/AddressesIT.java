package io.hanse.peering.transport;

import static io.hanse.peering.transport.PeerCluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.row.DialCandidate;
import io.hanse.fsm.row.PeerAddress;
import io.hanse.fsm.store.View;
import io.hanse.peering.DialTargets;
import io.hanse.peering.TokenRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Where a dialer dials, and who has a say in it. Beta dials alpha. */
class AddressesIT {
  /** Nobody listens there. */
  private static final int NOWHERE = 1;

  private PeerCluster alpha;
  private PeerCluster beta;
  private FaultyLink translation;

  @BeforeEach
  void start() throws Exception {
    alpha = new PeerCluster("dc-alpha");
    beta = new PeerCluster("dc-beta");
    translation = new FaultyLink(alpha.server.server.port());
  }

  @AfterEach
  void stop() throws Exception {
    beta.close();
    alpha.close();
    translation.close();
  }

  /** Ends the stream; the next one is dialed at once. */
  private void dialAnew() {
    alpha.server.cluster.lead(false);
    alpha.server.cluster.lead(true);
  }

  private List<String> addressesAtBeta() {
    return beta.peering("alpha").orElseThrow().getPeerServerAddressesList();
  }

  private List<DialCandidate> candidates() {
    try (View view = beta.server.cluster.view()) {
      return DialTargets.of(view, beta.peering("alpha").orElseThrow());
    }
  }

  private void pin(PeerAddress... addresses) {
    beta.server.peerings.pinAddresses("alpha", List.of(addresses)).join();
  }

  private static PeerAddress at(String address, String label) {
    return PeerAddress.newBuilder().setAddress(address).setLabel(label).build();
  }

  @Test
  void shouldKeepAddressBehindTranslationThroughAddressSync() {
    alpha.acceptFrom(beta, translation.address());
    alpha.awaitActiveWith(beta);
    // The server says where it stands itself: where nobody out there reaches it.
    alpha.standAt(NOWHERE);
    eventually(() -> assertThat(addressesAtBeta()).containsExactly("127.0.0.1:" + NOWHERE));
    int before = translation.accepted();

    dialAnew();

    eventually(() -> assertThat(translation.accepted()).isGreaterThan(before));
    alpha.awaitActiveWith(beta);
    assertThat(beta.peering("alpha").orElseThrow().getManualServerAddressesList())
        .containsExactly(translation.address());
  }

  @Test
  void shouldDialWhereItsOwnOperatorPinnedIt() {
    alpha.acceptFrom(beta);
    alpha.awaitActiveWith(beta);
    pin(at(translation.address(), "vpn"), at("127.0.0.1:" + NOWHERE, "old-vpn"));
    assertThat(candidates())
        .extracting(DialCandidate::getLabel, DialCandidate::getOrigin)
        .containsExactly(tuple("vpn", "pinned"), tuple("old-vpn", "pinned"));
    alpha.standAt(alpha.server.server.port());
    eventually(() -> assertThat(addressesAtBeta()).containsExactly(alpha.server.address()));
    assertThat(translation.accepted()).as("a stream that runs is left alone").isZero();

    dialAnew();
    eventually(() -> assertThat(translation.accepted()).isPositive());
    alpha.awaitActiveWith(beta);

    pin();
    assertThat(candidates()).extracting(DialCandidate::getOrigin).containsExactly("peer");
  }

  @Test
  void shouldDialTheLabelThatIsPreferred() {
    List<PeerAddress> addresses =
        List.of(at(alpha.server.address(), "public"), at(translation.address(), "vpn"));
    String token =
        alpha
            .server
            .peerings
            .generateToken(new TokenRequest("beta", "", Map.of(), addresses, Duration.ZERO))
            .join();
    assertRefused(
        () -> beta.server.peerings.establish("alpha", token, Map.of(), "lan").join(),
        "no address of the token has the preferred label; it has: public, vpn");

    beta.server.peerings.establish("alpha", token, Map.of(), "vpn").join();

    alpha.awaitActiveWith(beta);
    assertThat(translation.accepted()).isPositive();
    assertThat(candidates())
        .extracting(DialCandidate::getLabel, DialCandidate::getOrigin)
        .containsExactly(tuple("vpn", "token"), tuple("public", "token"));
    assertThat(beta.overlaid("alpha").getDetail().getCandidatesList())
        .extracting(DialCandidate::getAddress, DialCandidate::getInUse)
        .contains(tuple(translation.address(), true));
  }

  @Test
  void shouldFollowAServerThatMoves() {
    alpha.acceptFrom(beta);
    alpha.awaitActiveWith(beta);
    alpha.standAt(translation.port());
    eventually(() -> assertThat(addressesAtBeta()).containsExactly(translation.address()));

    dialAnew();

    eventually(() -> assertThat(translation.accepted()).isPositive());
    alpha.awaitActiveWith(beta);
  }

  @Test
  void shouldRefuseToPinWhatIsNoAddress() {
    alpha.acceptFrom(beta);
    assertRefused(() -> pin(at("nowhere", "")), "nowhere is not a valid peering server address");
    assertRefused(() -> pin(at("h:1", "a b")), "a label has up to 64 letters");
    assertThat(candidates()).extracting(DialCandidate::getOrigin).containsExactly("peer");
  }

  private static void assertRefused(Executable pinning, String text) {
    CompletionException refused = assertThrows(CompletionException.class, pinning);
    assertThat(refused.getCause())
        .isInstanceOf(ProblemException.class)
        .hasMessageStartingWith(text);
  }
}
