package io.hanse.peering.replication;

import static io.hanse.peering.replication.SimPair.ALPHA_ID;
import static io.hanse.peering.replication.SimPair.BETA_ID;
import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.DialCandidate;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Peerings;
import io.hanse.peering.DialTargets;
import io.hanse.peering.link.Inbound;
import io.hanse.peering.link.LeaderPlace;
import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.link.Outbound;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which of several ways to the other cluster is taken, in virtual time. */
class DialOrderTest {
  private static final String GATEWAY = "gateway";

  /** In the catalog of beta. */
  private static final String OWN_GATEWAY = "10.0.0.7:8443";

  private final SimPair pair = new SimPair();
  private final SimTime time = pair.time;
  private final SimNetwork network = pair.network;
  private final SimCluster alpha = pair.alpha;
  private final SimCluster beta = pair.beta;

  @AfterEach
  void close() {
    pair.close();
  }

  private List<String> ways() {
    return network.connections().stream().map(connection -> connection.to).toList();
  }

  private void loseAllConnections() {
    network.connections().forEach(SimNetwork.Connection::cut);
    time.runFor(20_000);
  }

  private List<String> dialedAtBeta() {
    return beta.servers.get(0).statuses.shown(BETA_ID, true).getDialedList().stream()
        .map(
            each -> each.getAddress() + (each.getNewest() ? " newest " : " ") + each.getLastError())
        .toList();
  }

  @Test
  void shouldTryThePreferredLabelFirstAndThenTheOthersInTheirOrder() {
    pair.redeem();
    String direct = alpha.addresses().get(0);
    Command dialer = SimCommands.dialer(BETA_ID, "alpha", ALPHA_ID, List.of(), "stream");
    Command.Builder labelled = dialer.toBuilder();
    labelled
        .getWritePeeringBuilder()
        .getPeeringBuilder()
        .addAllManualServerAddresses(List.of("public", "vpn-old", direct, "vpn"))
        .putAddressLabels("vpn-old", "vpn")
        .putAddressLabels("vpn", "vpn")
        .putAddressLabels("public", "public")
        .setPreferredLabel("vpn");
    beta.apply(labelled.build());
    alpha.start();
    beta.start();
    network.relay("vpn", direct);
    time.runFor(60_000);

    assertThat(ways()).containsExactly("vpn");
    assertThat(dialedAtBeta())
        .satisfiesExactly(
            old -> assertThat(old).startsWith("vpn-old ").hasSizeGreaterThan("vpn-old ".length()),
            good -> assertThat(good).isEqualTo("vpn newest "));

    network.stopListening("vpn");
    loseAllConnections();
    assertThat(ways()).as("unlabelled, and behind the one that is down").containsExactly(direct);
    assertThat(dialedAtBeta())
        .extracting(each -> each.substring(0, each.indexOf(' ')))
        .containsExactly("vpn-old", "vpn", "public", direct);
    assertThat(dialedAtBeta().get(3)).startsWith(direct + " newest ");
  }

  @Test
  void shouldFallBackFromADeadGatewayAndReturnToItAfterTheNextLoss() {
    pair.redeem();
    pair.dial();
    String direct = alpha.addresses().get(0);
    beta.apply(SimCommands.pin("alpha", List.of(GATEWAY, direct)));
    alpha.start();
    beta.start();
    network.relay(GATEWAY, direct);
    time.runFor(60_000);
    assertThat(ways()).containsExactly(GATEWAY);

    network.stopListening(GATEWAY);
    loseAllConnections();
    assertThat(ways()).containsExactly(direct);

    // A stream that runs is left alone.
    network.relay(GATEWAY, direct);
    time.runFor(60_000);
    assertThat(ways()).containsExactly(direct);

    loseAllConnections();
    assertThat(ways()).containsExactly(GATEWAY);
  }

  private void gatewayIs(String status) {
    beta.apply(SimCommands.gateway("gw", "10.0.0.7", 8_443, status));
  }

  private void startWithAGateway() {
    pair.redeem();
    List<String> direct = alpha.addresses().subList(0, 1);
    beta.apply(SimCommands.dialer(BETA_ID, "alpha", ALPHA_ID, direct, "stream"));
    beta.apply(SimCommands.peerThroughGateways());
    gatewayIs("passing");
    alpha.start();
    beta.start();
    network.relay(OWN_GATEWAY, alpha.addresses().get(0));
    time.runFor(60_000);
    assertThat(ways()).containsExactly(OWN_GATEWAY);
  }

  /** Its host may be gone, and each attempt there take seconds, as long as it stays registered. */
  @Test
  void shouldDialItsOwnGatewayLastWhereThatIsCritical() {
    startWithAGateway();
    List<SimNetwork.Connection> before = network.connections();
    for (String status : List.of("critical", "passing", "critical", "passing", "critical")) {
      gatewayIs(status);
      time.runFor(5_000);
      assertThat(network.connections()).as("it goes on").isEqualTo(before);
    }
    String direct = alpha.addresses().get(0);
    try (View view = beta.view()) {
      assertThat(DialTargets.of(view, new Peerings(view).byId(BETA_ID).orElseThrow()))
          .extracting(DialCandidate::getAddress)
          .containsExactly(direct, OWN_GATEWAY);
    }
    loseAllConnections();
    assertThat(ways()).containsExactly(direct);

    network.move(direct, OWN_GATEWAY);
    loseAllConnections();
    assertThat(ways()).as("there is no other way").containsExactly(OWN_GATEWAY);
  }

  /** As where all of them were stopped, and one is back. */
  @Test
  void shouldDialAGatewayOnceItsCheckPassesButNotAtEachFlip() {
    startWithAGateway();
    String direct = alpha.addresses().get(0);
    network.stopListening(direct);
    network.stopListening(OWN_GATEWAY);
    gatewayIs("critical");
    loseAllConnections();
    int before = network.dialed();
    for (int flip = 0; flip < 100; flip++) {
      gatewayIs(flip % 2 == 0 ? "passing" : "critical");
      time.runFor(100);
    }
    assertThat(network.dialed() - before).as("in ten seconds").isBetween(2, 8);
  }

  @Test
  void shouldDialAgainWhateverDialingThrows() {
    pair.redeem();
    pair.dial();
    network.breakDialing(3);
    alpha.start();
    beta.start();
    time.runFor(60_000);
    assertThat(ways()).containsExactly(alpha.addresses().get(0));
  }

  /** A server that leads nobody, and says who does. */
  private static Inbound refuse(Outbound outbound, LeaderPlace leader) {
    outbound.close(
        new LinkStatus(
            LinkStatus.Code.FAILED_PRECONDITION,
            "cannot establish a peering stream on a follower node",
            Optional.of(leader)));
    return new DeafInbound();
  }

  private void startWithFollowersOnly(boolean isPinned) {
    List<String> followers = List.of("10.0.0.2:8503", "10.0.0.3:8503");
    startWith(followers, new LeaderPlace("10.0.0.1:8300", ""), "10.0.0.1:8503", isPinned);
  }

  private void startWith(
      List<String> followers, LeaderPlace named, String leader, boolean isPinned) {
    pair.redeem();
    beta.apply(SimCommands.dialer(BETA_ID, "alpha", ALPHA_ID, followers, "stream"));
    if (isPinned) {
      beta.apply(SimCommands.pin("alpha", followers));
    }
    followers.forEach(address -> network.listen(address, outbound -> refuse(outbound, named)));
    alpha.start();
    network.relay(leader, alpha.addresses().get(0));
    beta.start();
  }

  /** It was down when the addresses were told; Consul tells those that are well. */
  @Test
  void shouldFindALeaderWhoseAddressWasNotTold() {
    startWithFollowersOnly(false);
    time.runFor(LeaderHint.REFUSED_MILLIS);
    assertThat(ways()).doesNotContain("10.0.0.1:8503");
    time.runFor(2_000);
    assertThat(ways()).containsExactly("10.0.0.1:8503");
  }

  @Test
  void shouldFindALeaderThatSharesItsHostWithItsFollowers() {
    LeaderPlace named = new LeaderPlace("10.0.0.9:8300", "10.0.0.9:8703");
    startWith(List.of("10.0.0.9:8503", "10.0.0.9:8603"), named, "10.0.0.9:8703", false);
    time.runFor(LeaderHint.REFUSED_MILLIS + 2_000);
    assertThat(ways()).containsExactly("10.0.0.9:8703");
  }

  @Test
  void shouldDialNobodyElseWhereTheAddressesArePinned() {
    startWithFollowersOnly(true);
    time.runFor(60_000);
    assertThat(ways()).doesNotContain("10.0.0.1:8503");
    assertThat(dialedAtBeta()).hasSize(2);
  }
}
