package io.hanse.peering.replication;

import static io.hanse.peering.replication.SimPair.peering;
import static io.hanse.peering.replication.SimPair.state;
import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.Node;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.row.PeeringState;
import io.hanse.fsm.row.ReconcileImport;
import io.hanse.fsm.row.Server;
import io.hanse.fsm.store.Key;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Tables;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How what a peer brought is cleared away, step by step, in virtual time. */
class PurgeTest {
  private final SimPair pair = new SimPair(this::appliedAtAlpha, command -> {});
  private final SimTime time = pair.time;
  private final SimCluster alpha = pair.alpha;
  private final SimCluster beta = pair.beta;

  /** The steps of a purge, and what of imports was left after each. */
  private final List<Integer> rowsAfter = new ArrayList<>();

  private final List<Command> steps = new ArrayList<>();

  /** An archive as of the first of them. */
  private byte[] amidPurge = {};

  private void appliedAtAlpha(Command command) {
    if (command.hasPurgeImports()) {
      steps.add(command);
      rowsAfter.add(rowsOfBeta());
      if (steps.size() == 1) {
        try (View view = alpha.view()) {
          amidPurge = SimCommands.snapshot(view);
        }
      }
    }
  }

  private int rowsOfBeta() {
    try (View view = alpha.view()) {
      return Tables.SERVICES.list(view, Key.ofPeer("beta")).size()
          + Tables.NODES.list(view, Key.ofPeer("beta")).size();
    }
  }

  @BeforeEach
  void start() {
    pair.start();
  }

  @AfterEach
  void close() {
    pair.close();
  }

  private void importAt(String service, int nodes, int instances) {
    ReconcileImport.Builder content =
        ReconcileImport.newBuilder().setPeer("beta").setService(service);
    for (int i = 0; i < nodes * instances; i++) {
      content.addInstances(
          CheckServiceNode.newBuilder()
              .setNode(Node.newBuilder().setNode(service + i / instances))
              .setService(
                  NodeService.newBuilder().setId(service + i % instances).setService(service)));
    }
    alpha.apply(Command.newBuilder().setReconcileImport(content).build());
  }

  @Test
  void shouldPurgeByNodesWhereTheseAreSmall() {
    importAt("web", 40, 149);
    alpha.apply(SimCommands.delete("beta"));
    time.runFor(5_000);
    assertThat(steps).hasSize(4).allMatch(step -> step.getLevel() == 0);
    assertThat(rowsAfter).containsExactly(4_050, 2_100, 150, 0);
  }

  /** Nobody removes the row of a peering that the other cluster ended. */
  @Test
  void shouldPurgeAgainWhatAnArchiveBroughtBack() {
    pair.connect();
    importAt("web", 40, 149);
    beta.apply(SimCommands.delete("alpha"));
    time.runFor(5_000);
    assertThat(rowsOfBeta()).isZero();

    SimCommands.restore("amid", amidPurge).forEach(alpha::apply);
    assertThat(rowsOfBeta()).isPositive();
    time.runFor(5_000);
    assertThat(rowsOfBeta()).isZero();
    assertThat(state(alpha, "beta")).hasValue(PeeringState.TERMINATED);
  }

  /** It would stop at a step that counts rows. */
  @Test
  void shouldPurgeByNodesWhileAServerRunsAnOlderVersion() {
    Command.Builder write = Command.newBuilder();
    write.getWriteServerBuilder().setServer(Server.newBuilder().setRaftId("r1").setNode("node-1"));
    alpha.apply(write.build());
    importAt("web", 1, 5_000);
    alpha.apply(SimCommands.delete("beta"));
    time.runFor(5_000);
    assertThat(steps).isNotEmpty().allMatch(step -> step.getLevel() == 0);
    assertThat(peering(alpha, "beta")).isEmpty();
  }

  @Test
  void shouldPurgeByRowsWhereANodeHasMany() {
    importAt("web", 1, 5_000);
    alpha.apply(SimCommands.delete("beta"));
    time.runFor(5_000);
    assertThat(rowsAfter).containsExactly(3_001, 1_001, 0);
    assertThat(steps).extracting(Command::getLevel).containsExactly(4, 4, 0);
    assertThat(peering(alpha, "beta")).isEmpty();
  }
}
