package io.hanse.peering.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.ConfigEntry;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PeeringState;
import io.hanse.fsm.row.TerminatePeering;
import io.hanse.fsm.row.WriteConfigEntry;
import io.hanse.fsm.row.WritePeering;
import io.hanse.fsm.store.View;
import io.hanse.peering.LocalCluster;
import io.hanse.peering.proto.Endpoint;
import io.hanse.peering.replication.SimCommands;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Where a gateway relays what its own servers send to those of a peer. */
class PeeringRoutesTest {
  private static final String OWN_ID = "a1fa0000-0000-4000-8000-000000000001";
  private static final String ID = "b2fb0000-0000-4000-8000-00000000000%d";
  private static final String NAME = "server.east.peering.trust";

  private final LocalCluster cluster = new LocalCluster();

  @BeforeEach
  void peerThroughGateways() {
    submit(SimCommands.initialize(OWN_ID, "dc1"));
    ConfigEntry.Builder mesh = ConfigEntry.newBuilder().setKind("mesh").setName("mesh");
    mesh.getMeshBuilder().getPeeringBuilder().setPeerThroughMeshGateways(true);
    submit(
        Command.newBuilder()
            .setWriteConfigEntry(WriteConfigEntry.newBuilder().setEntry(mesh))
            .build());
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  /** The way by which it is established anew, where servers have no other. */
  @Test
  void shouldLeadToAPeerThatHasEndedThePeering() {
    dial(2, "east");
    terminate(2);
    assertThat(ports()).containsExactly(2);
  }

  @Test
  void shouldPreferThePeeringThatIsActive() {
    dial(2, "east");
    dial(3, "east-again");
    assertThat(ports()).as("of the newest").containsExactly(3);
    terminate(3);
    assertThat(ports()).containsExactly(2);
  }

  /** Whoever establishes once more by a token that is refused leaves such a row behind. */
  @Test
  void shouldNotGiveAWayUpForATokenThatIsNotTaken() {
    dial(2, "east");
    Peering.Builder refused = peering(3, "east-again", NAME).setState(PeeringState.PENDING);
    submit(
        Command.newBuilder()
            .setWritePeering(WritePeering.newBuilder().setPeering(refused))
            .build());
    assertThat(ports()).containsExactly(2);
    terminate(2);
    assertThat(ports()).containsExactly(3);
  }

  @Test
  void shouldLeadNowhereForAPeeringThatIsDeleted() {
    dial(2, "east");
    submit(SimCommands.delete("east"));
    assertThat(ports()).isEmpty();
  }

  /** Which may be another cluster's than the peering is with; both are led to. */
  @Test
  void shouldLeadWhereATokenDoesThatIsBeingRedeemed() {
    dial(2, "east");
    establish(peering(2, "east", NAME), "server.west.peering.other");
    assertThat(ports()).containsExactly(2);
    assertThat(ports("server.west.peering.other")).containsExactly(7);
    dial(2, "east");
    assertThat(ports("server.west.peering.other")).as("it is over").isEmpty();
  }

  @Test
  void shouldLeadToServersThatHaveMovedFirstWhereTheTokenSays() {
    dial(2, "east");
    establish(peering(2, "east", NAME), NAME);
    assertThat(ports()).containsExactly(7, 2);
  }

  @Test
  void shouldLeaveTheWaysOfOtherPeeringsAsTheyAre() {
    String own = "server.dc1.peering." + OWN_ID + ".consul";
    establish(peering(2, "east", NAME), own);
    assertThat(ports(own)).as("has no servers yet").isEmpty();
    establish(peering(3, "west", "server.west.peering.other"), NAME);
    assertThat(ports()).containsExactly(2);
  }

  @Test
  void shouldNotLeadToAPeerWhatAsksForAServiceOfTheMesh() {
    String service = "db.default.dc1.internal." + OWN_ID + ".consul";
    String oddService = "server.default.peering.internal." + OWN_ID + ".consul";
    establish(peering(2, "east", service), oddService);
    assertThat(ports(service)).isEmpty();
    assertThat(ports(oddService)).isEmpty();
  }

  /** By a token that leads to port 7. */
  private void establish(Peering.Builder peering, String serverName) {
    peering.getEstablishingBuilder().setServerName(serverName).addAddresses("10.0.0.1:7");
    submit(
        Command.newBuilder()
            .setWritePeering(WritePeering.newBuilder().setPeering(peering))
            .build());
  }

  private void dial(int port, String peer) {
    submit(
        Command.newBuilder()
            .setWritePeering(WritePeering.newBuilder().setPeering(peering(port, peer, NAME)))
            .build());
  }

  private static Peering.Builder peering(int port, String peer, String serverName) {
    return Peering.newBuilder()
        .setId(ID.formatted(port))
        .setName(peer)
        .setState(PeeringState.ESTABLISHING)
        .setPeerId(ID.formatted(9))
        .setPeerServerName(serverName)
        .addPeerServerAddresses("10.0.0.1:" + port);
  }

  private void terminate(int port) {
    submit(
        Command.newBuilder()
            .setTerminatePeering(TerminatePeering.newBuilder().setId(ID.formatted(port)))
            .build());
  }

  private List<Integer> ports() {
    return ports(NAME);
  }

  /** Of what a server name leads to. */
  private List<Integer> ports(String name) {
    try (View view = cluster.view()) {
      PeeringRoutes.Answer answer = PeeringRoutes.ask(view);
      return answer.routes().containsKey(name)
          ? answer
              .endpoints()
              .get(answer.routes().get(name).getEndpoints())
              .getEndpointsList()
              .stream()
              .map(Endpoint::getPort)
              .toList()
          : List.of();
    }
  }

  private void submit(Command command) {
    cluster.submit(command).join();
  }
}
