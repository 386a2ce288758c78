package io.hanse.peering.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.row.HealthCheck;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PeeringState;
import io.hanse.fsm.row.PeeringTrustBundle;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Health;
import io.hanse.fsm.view.Peerings;
import io.hanse.peering.TokenRequest;
import io.hanse.peering.link.StreamAcceptor;
import io.hanse.peering.replication.PeerSupervisor;
import io.hanse.peering.replication.Replication;
import io.hanse.peering.replication.ReplicationSettings;
import io.hanse.peering.replication.SimCommands;
import io.hanse.peering.replication.StreamStatuses;
import io.hanse.peering.replication.ThreadLoops;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** From the token to the deletion: two clusters in this process, and TLS between them. */
class ReplicationIT {
  /** A cluster that replicates. */
  private static final class Side implements AutoCloseable {
    final ThreadLoops loops = new ThreadLoops("streams", 1);
    final CompletableFuture<StreamAcceptor> acceptor = new CompletableFuture<>();
    final TestServer server;
    final StreamStatuses statuses;
    final PeerSupervisor supervisor;

    Side(String datacenter) throws IOException {
      server = new TestServer(datacenter, outbound -> acceptor.join().accept(outbound));
      statuses = new StreamStatuses(server.cluster, System::nanoTime, 45_000);
      supervisor =
          new PeerSupervisor(
              new Replication(
                  server.cluster,
                  server.cluster,
                  server.cluster,
                  new GrpcDialer(server.executor),
                  loops,
                  statuses,
                  ReplicationSettings.DEFAULT));
      acceptor.complete(supervisor.acceptor());
      supervisor.start();
    }

    Optional<Peering> peering(String name) {
      try (View view = server.cluster.view()) {
        return new Peerings(view).byName(name);
      }
    }

    Peering overlaid(String name) {
      return statuses
          .overlay(List.of(peering(name).orElseThrow()), Duration.ofSeconds(5))
          .join()
          .get(0);
    }

    List<String> imported(String peer, String service) {
      try (View view = server.cluster.view()) {
        return new Health(view).service(peer, service).stream().map(Side::line).toList();
      }
    }

    private static String line(CheckServiceNode instance) {
      List<String> statuses =
          instance.getChecksList().stream().map(HealthCheck::getStatus).toList();
      return instance.getService().getId() + " " + statuses;
    }

    Optional<PeeringTrustBundle> trustBundle(String peer) {
      try (View view = server.cluster.view()) {
        return new Peerings(view).trustBundle(peer);
      }
    }

    @Override
    public void close() {
      supervisor.close();
      loops.close();
      server.close();
    }
  }

  private Side alpha;
  private Side beta;

  @BeforeEach
  void peer() throws Exception {
    alpha = new Side("dc-alpha");
    beta = new Side("dc-beta");
    String token = alpha.server.peerings.generateToken(TokenRequest.of("beta", List.of())).join();
    beta.server.peerings.establish("alpha", token, Map.of()).join();
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
