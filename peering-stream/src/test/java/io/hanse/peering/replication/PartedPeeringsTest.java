package io.hanse.peering.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PartedPeeringsTest {
  private static final String ID = "be7a0000-0000-4000-8000-000000000002";

  private final SimTime time = new SimTime(1);

  @Test
  void shouldKnowTheWaysThatThereWereLast() {
    try (SimCluster cluster = new SimCluster("c", time, new SimNetwork(time), command -> {})) {
      PartedPeerings parted = new PartedPeerings(time.newLoop(), cluster, 60_000);
      cluster.apply(SimCommands.dialer(ID, "alpha", "a", List.of("first:1"), "stream"));
      time.runFor(1_000);
      cluster.apply(SimCommands.pin("alpha", List.of("second:2")));
      time.runFor(1_000);
      cluster.apply(SimCommands.delete("alpha"));
      time.runFor(1_000);
      assertThat(parted.recent()).containsOnlyKeys(ID);
      assertThat(parted.recent().get(ID).addresses()).containsExactly("second:2");
      parted.close();
    }
  }
}
