package io.hanse.peering.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.Node;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.row.PeeringState;
import io.hanse.fsm.row.RegisterCatalog;
import io.hanse.peering.replication.SimCommands;
import java.time.Duration;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** From the token to the deletion: two clusters in this process, and TLS between them. */
class ReplicationIT {
  private PeerCluster alpha;
  private PeerCluster beta;

  @BeforeEach
  void peer() throws Exception {
    alpha = new PeerCluster("dc-alpha");
    beta = new PeerCluster("dc-beta");
    alpha.acceptFrom(beta);
    eventually(
        () -> {
          assertThat(alpha.overlaid("beta").getState()).isEqualTo(PeeringState.ACTIVE);
          assertThat(beta.overlaid("alpha").getState()).isEqualTo(PeeringState.ACTIVE);
        });
  }

  @AfterEach
  void stop() {
    alpha.close();
    beta.close();
  }

  private static void eventually(org.awaitility.core.ThrowingRunnable assertion) {
    await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(20))
        .ignoreException(NoSuchElementException.class)
        .untilAsserted(assertion);
  }

  private void export(String... services) {
    alpha.server.cluster.submit(SimCommands.export("beta", List.of(services))).join();
  }

  private void register(String status) {
    alpha.server.cluster.submit(SimCommands.register("n1", "web", 80, status)).join();
  }

  /** Each instance takes two thousand bytes. */
  private void registerLarge(String service, int from, int to) {
    NodeService.Builder row = NodeService.newBuilder().setService(service).setPort(80);
    for (int i = 0; i < 4; i++) {
      row.putMeta("m" + i, "x".repeat(500));
    }
    for (int i = from; i < to; i++) {
      alpha
          .server
          .cluster
          .submit(
              Command.newBuilder()
                  .setRegister(
                      RegisterCatalog.newBuilder()
                          .setNode(Node.newBuilder().setNode("n" + i).setAddress("10.0.0.1"))
                          .setService(row.setId(service + "-" + i)))
                  .build())
          .join();
    }
  }

  @Test
  void shouldImportLargeServicesAtOnceAndNameThoseThatAreTooLarge() {
    registerLarge("large", 0, 1_000);
    registerLarge("huge", 0, 4_500);
    register("passing");
    Set<Integer> read = ConcurrentHashMap.newKeySet();
    beta.server.cluster.afterEach(() -> read.add(beta.imported("alpha", "large").size()));
    export("huge", "large", "web");
    eventually(
        () -> {
          assertThat(beta.imported("alpha", "web")).hasSize(1);
          assertThat(beta.imported("alpha", "large")).hasSize(1_000);
          assertThat(alpha.overlaid("beta").getDetail().getExportProblemsList())
              .singleElement()
              .satisfies(
                  problem -> {
                    assertThat(problem.getResource()).isEqualTo("huge");
                    assertThat(problem.getReason()).contains("too large to be sent");
                  });
        });
    assertThat(beta.imported("alpha", "huge")).isEmpty();
    assertThat(read).as("after each command at beta").containsExactlyInAnyOrder(0, 1_000);
  }

  @Test
  void shouldImportWhatIsExportedAsItChanges() {
    register("passing");
    export("web");
    eventually(() -> assertThat(beta.imported("alpha", "web")).containsExactly("web-n1 [passing]"));
    register("critical");
    eventually(
        () -> assertThat(beta.imported("alpha", "web")).containsExactly("web-n1 [critical]"));
    assertThat(beta.overlaid("alpha").getStreamStatus().getImportedServicesList())
        .containsExactly("web");
    assertThat(alpha.overlaid("beta").getStreamStatus().getExportedServicesList())
        .containsExactly("web");

    export("other");
    eventually(() -> assertThat(beta.imported("alpha", "web")).isEmpty());
  }

  @Test
  void shouldExchangeTrustAndSecrets() {
    eventually(
        () -> {
          assertThat(alpha.trustBundle("beta").orElseThrow().getRootPemsList())
              .isEqualTo(beta.server.roots());
          assertThat(beta.trustBundle("alpha").orElseThrow().getRootPemsList())
              .isEqualTo(alpha.server.roots());
          assertThat(alpha.peering("beta").orElseThrow().getRemote().getDatacenter())
              .isEqualTo("dc-beta");
        });
  }

  @Test
  void shouldEndOnBothSidesWhenTheAcceptorDeletes() {
    register("passing");
    export("web");
    eventually(() -> assertThat(beta.imported("alpha", "web")).hasSize(1));

    alpha.server.peerings.delete("beta").join();

    eventually(
        () -> {
          assertThat(alpha.peering("beta")).isEmpty();
          assertThat(beta.peering("alpha").orElseThrow().getState())
              .isEqualTo(PeeringState.TERMINATED);
          assertThat(beta.imported("alpha", "web")).isEmpty();
          assertThat(beta.trustBundle("alpha")).isEmpty();
        });
  }

  @Test
  void shouldEndOnBothSidesWhenTheDialerDeletes() {
    beta.server.peerings.delete("alpha").join();

    eventually(
        () -> {
          assertThat(beta.peering("alpha")).isEmpty();
          assertThat(alpha.peering("beta").orElseThrow().getState())
              .isEqualTo(PeeringState.TERMINATED);
        });
  }

  @Test
  void shouldReplicateAgainAfterTheAcceptorLostItsLeadership() {
    register("passing");
    export("web");
    eventually(() -> assertThat(beta.imported("alpha", "web")).hasSize(1));

    alpha.server.cluster.lead(false);
    register("critical");
    alpha.server.cluster.lead(true);

    eventually(
        () -> assertThat(beta.imported("alpha", "web")).containsExactly("web-n1 [critical]"));
    eventually(() -> assertThat(alpha.overlaid("beta").getState()).isEqualTo(PeeringState.ACTIVE));
  }
}
