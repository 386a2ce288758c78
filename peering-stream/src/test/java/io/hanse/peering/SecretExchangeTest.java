package io.hanse.peering;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.apply.ClusterStateMachine;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.Server;
import io.hanse.fsm.row.WritePeering;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SecretExchangeTest {
  private final LocalCluster cluster = new LocalCluster();

  @AfterEach
  void close() {
    cluster.close();
  }

  private void server(String raftId, int level) {
    Command.Builder write = Command.newBuilder();
    write
        .getWriteServerBuilder()
        .setServer(Server.newBuilder().setRaftId(raftId).setCommandLevel(level));
    cluster.submit(write.build()).join();
  }

  private Command remembered() {
    return SecretExchange.remembered(cluster, WritePeering.newBuilder());
  }

  /** Amid an upgrade, servers of the older version would stop at it. */
  @Test
  void shouldHaveTokensRememberedOnceAllServersUnderstandIt() {
    server("r1", ClusterStateMachine.COMMAND_LEVEL);
    server("r2", 0);
    assertThat(remembered().getLevel()).isZero();
    assertThat(remembered().getWritePeering().getRemembers()).isFalse();

    server("r2", ClusterStateMachine.COMMAND_LEVEL);
    assertThat(remembered().getLevel()).isEqualTo(3);
    assertThat(remembered().getWritePeering().getRemembers()).isTrue();
  }
}
