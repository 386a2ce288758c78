package io.hanse.fsm.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.Node;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.row.OpenImports;
import io.hanse.fsm.row.ReconcileImport;
import io.hanse.fsm.view.Peerings;
import org.junit.jupiter.api.Test;

class ImportFenceTest {
  private static final String PEER = "east";

  private static Command.Builder open() {
    return Command.newBuilder()
        .setOpenImports(OpenImports.newBuilder().setPeeringId(Commands.acceptor(PEER).getId()));
  }

  private static Command.Builder imported(String service, long fence) {
    return Command.newBuilder()
        .setReconcileImport(
            ReconcileImport.newBuilder()
                .setPeer(PEER)
                .setService(service)
                .setFence(fence)
                .addInstances(
                    CheckServiceNode.newBuilder()
                        .setNode(Node.newBuilder().setNode("n").setAddress("10.0.0.1"))
                        .setService(NodeService.newBuilder().setId(service).setService(service))));
  }

  @Test
  void shouldTakeImportsOfTheNewestStreamOnly() {
    try (Replica replica = new Replica()) {
      replica.done(Commands.generate(Commands.acceptor(PEER), "secret"));
      long first = replica.done(open()).getIndex();
      assertThat(replica.done(imported("web", first)).getDone()).isTrue();
      long second = replica.done(open()).getIndex();

      assertThat(replica.done(imported("api", first)).getDone()).isFalse();
      assertThat(replica.done(imported("db", second)).getDone()).isTrue();

      assertThat(new Peerings(replica.now()).importedServices(PEER)).containsExactly("db", "web");
    }
  }
}
