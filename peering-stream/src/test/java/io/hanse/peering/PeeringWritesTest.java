package io.hanse.peering;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.Server;
import io.hanse.fsm.row.TokenWay;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Peerings;
import io.hanse.peering.replication.SimCommands;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is written of a peering, and which servers have to understand it. */
class PeeringWritesTest {
  private static final String ID = "be7a0000-0000-4000-8000-000000000002";

  private final LocalCluster cluster = new LocalCluster();
  private final List<Command> written = new ArrayList<>();
  private final PeeringWrites writes =
      new PeeringWrites(
          command -> {
            written.add(command);
            return cluster.submit(command);
          },
          cluster);

  @BeforeEach
  void start() {
    cluster.submit(SimCommands.initialize("a1fa0000-0000-4000-8000-000000000001", "dc")).join();
    cluster.submit(SimCommands.dialer(ID, "alpha", "a", List.of("first:1"), "stream")).join();
  }

  @AfterEach
  void close() {
    cluster.close();
  }

  private void join(String raftId, int level) {
    Command.Builder write = Command.newBuilder();
    write
        .getWriteServerBuilder()
        .setServer(Server.newBuilder().setRaftId(raftId).setCommandLevel(level));
    cluster.submit(write.build()).join();
  }

  private Peering stored() {
    try (View view = cluster.view()) {
      return new Peerings(view).byId(ID).orElseThrow();
    }
  }

  private void show(String server) {
    TokenWay way = TokenWay.newBuilder().setServerName(server).build();
    writes
        .changed(
            stored(), now -> now.toBuilder().putMeta("for", server).setEstablishing(way).build())
        .join();
  }

  @Test
  void shouldShowGatewaysAWayOnlyWhereAllServersTakeItBackAlike() {
    join("one", 6);
    show("west");
    assertThat(stored().getEstablishing().getServerName()).isEqualTo("west");

    join("other", 5);
    show("north");
    assertThat(stored().hasEstablishing()).isFalse();
    assertThat(stored().getMetaMap()).containsEntry("for", "north");
    assertThat(written).extracting(Command::getLevel).containsExactly(6, 5);
  }
}
