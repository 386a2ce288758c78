package io.hanse.peering.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.WritePeering;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Peerings;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How long gateways are shown where a token leads, in virtual time. */
class TokenWaysTest {
  private static final String ID = "be7a0000-0000-4000-8000-000000000002";

  private final SimTime time = new SimTime(1);
  private final SimCluster cluster = new SimCluster("c", time, new SimNetwork(time), command -> {});

  @BeforeEach
  void dial() {
    cluster.apply(SimCommands.initialize("a1fa0000-0000-4000-8000-000000000001", "dc"));
    cluster.apply(SimCommands.dialer(ID, "alpha", "a", List.of("first:1"), "stream"));
    cluster.start();
    time.runFor(5_000);
  }

  @AfterEach
  void close() {
    cluster.close();
  }

  private void show(String address) {
    Peering.Builder peering = stored().toBuilder();
    peering
        .getEstablishingBuilder()
        .setServerName("server.west")
        .clearAddresses()
        .addAddresses(address);
    cluster.apply(
        Command.newBuilder()
            .setLevel(6)
            .setWritePeering(WritePeering.newBuilder().setPeering(peering))
            .build());
  }

  private Peering stored() {
    try (View view = cluster.view()) {
      return new Peerings(view).byId(ID).orElseThrow();
    }
  }

  @Test
  void shouldTakeBackTheWayOfWhoWasLostAmidIt() {
    show("second:2");
    Peering before = stored();
    time.runFor(30_000);
    cluster.moveLeadership(cluster.servers.get(1));
    time.runFor(58_000);
    assertThat(stored().hasEstablishing()).isTrue();
    time.runFor(5_000);
    assertThat(stored().toBuilder().clearRaftIndex().build())
        .isEqualTo(before.toBuilder().clearEstablishing().clearRaftIndex().build());
  }

  @Test
  void shouldTakeItBackAfterAMistakeThatNobodyForesaw() {
    show("second:2");
    time.runFor(50_000);
    time.carryOn(true);
    cluster.mistakes(1);
    time.runFor(20_000);
    cluster.mistakes(0);
    assertThat(stored().hasEstablishing()).isTrue();
    time.runFor(60_000);
    assertThat(stored().hasEstablishing()).isFalse();
  }

  @Test
  void shouldGiveEachTokenItsTime() {
    show("second:2");
    time.runFor(40_000);
    show("third:3");
    time.runFor(40_000);
    assertThat(stored().getEstablishing().getAddressesList()).containsExactly("third:3");
    time.runFor(21_000);
    assertThat(stored().hasEstablishing()).isFalse();
  }
}
