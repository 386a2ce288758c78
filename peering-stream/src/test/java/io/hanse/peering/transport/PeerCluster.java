package io.hanse.peering.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.HealthCheck;
import io.hanse.fsm.row.Node;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PeeringDetail;
import io.hanse.fsm.row.PeeringSecrets;
import io.hanse.fsm.row.PeeringState;
import io.hanse.fsm.row.PeeringTrustBundle;
import io.hanse.fsm.row.RegisterCatalog;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Health;
import io.hanse.fsm.view.Peerings;
import io.hanse.peering.LogPace;
import io.hanse.peering.PeeringSettings;
import io.hanse.peering.TokenRequest;
import io.hanse.peering.link.StreamAcceptor;
import io.hanse.peering.replication.ExportedContents;
import io.hanse.peering.replication.Farewells;
import io.hanse.peering.replication.KeptOffers;
import io.hanse.peering.replication.LeaderStatuses;
import io.hanse.peering.replication.PeerSupervisor;
import io.hanse.peering.replication.Replication;
import io.hanse.peering.replication.ReplicationSettings;
import io.hanse.peering.replication.RoomTurns;
import io.hanse.peering.replication.StreamStatuses;
import io.hanse.peering.replication.ThreadLoops;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.core.ThrowingRunnable;

/** A cluster that replicates, called by its datacenter without {@code dc-}. */
final class PeerCluster implements AutoCloseable {
  static final long FRESH_MILLIS = 45_000;

  final String name;
  final ThreadLoops loops = new ThreadLoops("streams", 1);
  final CompletableFuture<StreamAcceptor> acceptor = new CompletableFuture<>();
  final AtomicInteger streamsAccepted = new AtomicInteger();
  final TestServer server;
  final StreamStatuses statuses = new StreamStatuses(System::nanoTime);
  final LeaderStatuses ofLeader;
  final PeerSupervisor supervisor;

  PeerCluster(String datacenter) throws IOException {
    this(datacenter, ReplicationSettings.DEFAULT, FRESH_MILLIS);
  }

  /**
   * With settings of its own.
   *
   * @param freshMillis how long a peer may be silent and be called active
   */
  PeerCluster(String datacenter, ReplicationSettings settings, long freshMillis)
      throws IOException {
    name = datacenter.substring("dc-".length());
    server =
        new TestServer(
            datacenter,
            outbound -> {
              streamsAccepted.incrementAndGet();
              return acceptor.join().accept(outbound);
            });
    GrpcDialer dialer = new GrpcDialer(server.executor);
    ofLeader = new LeaderStatuses(statuses, server.cluster, server.cluster, freshMillis);
    supervisor =
        new PeerSupervisor(
            new Replication(
                server.cluster,
                server.cluster,
                server.cluster,
                dialer,
                dialer,
                loops,
                statuses,
                new Farewells(),
                settings,
                new ExportedContents(server.cluster),
                new KeptOffers(),
                new RoomTurns(),
                new LogPace()));
    acceptor.complete(supervisor.acceptor());
    ofLeader.serve(PeeringSettings.defaults("dc"));
    supervisor.start();
  }

  /** Generates a token that the other one redeems. */
  void acceptFrom(PeerCluster dialer, String... externalAddresses) {
    TokenRequest request = TokenRequest.of(dialer.name, List.of(externalAddresses));
    String token = server.peerings.generateToken(request).join();
    dialer.server.peerings.establish(name, token, Map.of()).join();
  }

  boolean isActive(PeerCluster other) {
    return peering(other.name).isPresent()
        && overlaid(other.name).getState() == PeeringState.ACTIVE;
  }

  /** Has the catalog say where this cluster's server is, as its leader would. */
  void standAt(int port) {
    server
        .cluster
        .submit(
            Command.newBuilder()
                .setRegister(
                    RegisterCatalog.newBuilder()
                        .setNode(Node.newBuilder().setNode("node-1").setAddress("127.0.0.1"))
                        .setService(
                            NodeService.newBuilder()
                                .setId("consul")
                                .setService("consul")
                                .setPort(8300)
                                .putMeta("grpc_tls_port", String.valueOf(port))))
                .build())
        .join();
  }

  PeeringSecrets secrets(String peer) {
    try (View view = server.cluster.view()) {
      Peerings peerings = new Peerings(view);
      return peerings.secrets(peerings.byName(peer).orElseThrow().getId()).orElseThrow();
    }
  }

  Optional<Peering> peering(String name) {
    try (View view = server.cluster.view()) {
      return new Peerings(view).byName(name);
    }
  }

  /** As who asks for its detail sees it. */
  Peering overlaid(String name) {
    Peering asked =
        peering(name).orElseThrow().toBuilder()
            .setDetail(PeeringDetail.getDefaultInstance())
            .build();
    return ofLeader.overlay(List.of(asked), Duration.ofSeconds(5)).join().get(0);
  }

  List<String> imported(String peer, String service) {
    try (View view = server.cluster.view()) {
      return new Health(view).service(peer, service).stream().map(PeerCluster::line).toList();
    }
  }

  private static String line(CheckServiceNode instance) {
    List<String> statuses = instance.getChecksList().stream().map(HealthCheck::getStatus).toList();
    return instance.getService().getId() + " " + statuses;
  }

  /** When the newest of its instances was written. */
  long importedIndex(String peer, String service) {
    try (View view = server.cluster.view()) {
      return new Health(view)
          .service(peer, service).stream()
              .mapToLong(each -> each.getService().getRaftIndex().getModifyIndex())
              .max()
              .orElseThrow();
    }
  }

  Optional<PeeringTrustBundle> trustBundle(String peer) {
    try (View view = server.cluster.view()) {
      return new Peerings(view).trustBundle(peer);
    }
  }

  /** Waits, within a bound, until it holds. */
  static void eventually(ThrowingRunnable assertion) {
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(10))
        .untilAsserted(assertion);
  }

  /** Waits until either calls the other one active. */
  void awaitActiveWith(PeerCluster other) {
    eventually(
        () -> {
          assertThat(isActive(other)).isTrue();
          assertThat(other.isActive(this)).isTrue();
        });
  }

  @Override
  public void close() {
    supervisor.close();
    loops.close();
    server.close();
  }
}
