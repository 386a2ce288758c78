package io.hanse.peering.transport;

import static org.awaitility.Awaitility.await;

import io.hanse.fsm.apply.ClusterStateMachine;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.Server;
import io.hanse.fsm.row.WriteServer;
import io.hanse.identity.CaService;
import io.hanse.identity.CaSettings;
import io.hanse.identity.KeptLeaf;
import io.hanse.identity.ServerCertificate;
import io.hanse.peering.LocalCluster;
import io.hanse.peering.PeeringOperations;
import io.hanse.peering.PeeringSettings;
import io.hanse.peering.link.LeaderPlace;
import io.hanse.peering.link.StreamAcceptor;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** A cluster of one server with everything of this module but replication, on a real port. */
final class TestServer implements AutoCloseable {
  static final int THREADS = 2;

  final LocalCluster cluster = new LocalCluster();

  /** Of those who make and take tokens. */
  final ShiftedClock clock = new ShiftedClock();

  final ScheduledExecutorService executor = Executors.newScheduledThreadPool(THREADS);
  final CaService authority;
  final ServerCertificate certificate;
  final PeeringOperations peerings;
  final ExternalGrpcServer server;

  TestServer(String datacenter, StreamAcceptor acceptor) throws IOException {
    this(datacenter, acceptor, InstantSource.system());
  }

  /**
   * With an authority that believes another time.
   *
   * @param dates what certificates are dated by
   */
  TestServer(String datacenter, StreamAcceptor acceptor, InstantSource dates) throws IOException {
    authority =
        new CaService(CaSettings.defaults(datacenter), cluster, cluster, cluster, dates, executor);
    authority.initialize(ClusterStateMachine.COMMAND_LEVEL).join();
    certificate =
        new ServerCertificate(datacenter, authority, cluster, dates, executor, KeptLeaf.nowhere());
    certificate.start();
    await().atMost(Duration.ofSeconds(10)).until(() -> certificate.leaf().isPresent());
    PeeringSettings defaults = PeeringSettings.defaults(datacenter);
    PeeringSettings settings =
        new PeeringSettings(
            datacenter,
            "node-1",
            "",
            true,
            true,
            true,
            Duration.ofMillis(600),
            Duration.ofMillis(50),
            defaults.attemptPatience());
    peerings =
        new PeeringOperations(
            settings,
            cluster,
            cluster,
            cluster,
            cluster,
            cluster,
            clock,
            new GrpcDialer(executor),
            CompletableFuture::completedFuture,
            executor);
    peerings.serve();
    server =
        ExternalGrpcServer.start(
            ExternalGrpcSettings.of("127.0.0.1", 0),
            certificate,
            List.of(
                new PeerStreamEndpoint(
                    settings,
                    acceptor,
                    peerings,
                    cluster,
                    () -> Optional.of(new LeaderPlace("127.0.0.1:8300", "127.0.0.1:8503")),
                    executor),
                new ConnectCaEndpoint(authority, cluster, executor)),
            executor);
    Server row =
        Server.newBuilder()
            .setRaftId("server-1")
            .setNode("node-1")
            .setDatacenter(datacenter)
            .setAddress("127.0.0.1")
            .setGrpcTlsPort(server.port())
            .setCommandLevel(ClusterStateMachine.COMMAND_LEVEL)
            .build();
    cluster
        .submit(
            Command.newBuilder().setWriteServer(WriteServer.newBuilder().setServer(row)).build())
        .join();
  }

  String serverName() {
    return certificate.serverName().orElseThrow();
  }

  List<String> roots() {
    return authority.roots().stream().map(root -> root.getRootCert()).toList();
  }

  String address() {
    return "127.0.0.1:" + server.port();
  }

  @Override
  public void close() {
    server.close();
    certificate.close();
    executor.shutdownNow();
    cluster.close();
  }
}
