package io.hanse.cli.agent;

import io.hanse.cli.config.AgentConfig;
import io.hanse.fsm.port.BoundedWatches;
import io.hanse.fsm.port.IdSource;
import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.store.StoreSettings;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.HostPort;
import io.hanse.fsm.view.Peerings;
import io.hanse.http.metrics.Metric;
import io.hanse.identity.CaService;
import io.hanse.identity.KeptLeaf;
import io.hanse.identity.ServerCertificate;
import io.hanse.peering.LogPace;
import io.hanse.peering.PeeringOperations;
import io.hanse.peering.PeeringService;
import io.hanse.peering.PeeringSettings;
import io.hanse.peering.dataplane.ProxyFeed;
import io.hanse.peering.protocol.StreamLimits;
import io.hanse.peering.replication.ExportedContents;
import io.hanse.peering.replication.Farewells;
import io.hanse.peering.replication.KeptOffers;
import io.hanse.peering.replication.LeaderStatuses;
import io.hanse.peering.replication.PeerSupervisor;
import io.hanse.peering.replication.ReplicationSettings;
import io.hanse.peering.replication.RoomTurns;
import io.hanse.peering.replication.StreamStatuses;
import io.hanse.peering.replication.ThreadLoops;
import io.hanse.peering.transport.ConnectCaEndpoint;
import io.hanse.peering.transport.DataPlaneEndpoint;
import io.hanse.peering.transport.ExternalGrpcServer;
import io.hanse.peering.transport.ExternalGrpcSettings;
import io.hanse.peering.transport.GrpcDialer;
import io.hanse.peering.transport.PeerStreamEndpoint;
import io.hanse.raft.Replication;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a server has for other clusters and for proxies, put together. */
final class PeeringAssembly implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PeeringAssembly.class);
  private static final int STREAM_THREADS = 2;
  private static final Duration STATUS_PATIENCE = Duration.ofSeconds(5);

  /** Of each. Longer than any waits by itself, and together within that of the whole. */
  private static final Duration PART_PATIENCE = Duration.ofSeconds(4);

  /** Two heartbeats may be late or lost before a peering is called active no more. */
  private static final long FRESH_MILLIS = 3 * StreamLimits.DEFAULT.heartbeatMillis();

  private final AgentConfig config;
  private final PeeringSettings settings;
  private final Replication replication;
  private final CaService authority;
  private final AgentThreads threads;
  private final ServerCertificate certificate;
  private final GrpcDialer dialer;
  private final StreamStatuses statuses = new StreamStatuses(System::nanoTime);
  private final LeaderStatuses ofLeader;
  private final PeeringOperations operations;
  private final BoundedWatches services;
  private final BoundedWatches streams;
  private final BoundedWatches ofProxies;
  private final ExportedContents contents;
  private final AgentParts parts = new AgentParts(PART_PATIENCE);

  /** Nothing runs or listens yet. */
  PeeringAssembly(
      AgentConfig config,
      Replication replication,
      CaService authority,
      IdSource ids,
      AgentThreads threads) {
    this.config = config;
    settings =
        PeeringSettings.defaults(config.datacenter())
            .with(config.isPeeringEnabled(), config.ports().grpcTls() > 0)
            .at(
                config.node().name(),
                HostPort.joined(config.addresses().advertise(), config.ports().grpcTls()));
    this.replication = replication;
    this.authority = authority;
    this.threads = threads;
    Clock clock = Clock.systemUTC();
    certificate =
        new ServerCertificate(
            config.datacenter(),
            authority,
            replication.reader(),
            clock,
            threads.timer(),
            config
                .dataDirectory()
                .map(folder -> KeptLeaf.in(folder.resolve("server-certificate.pem")))
                .orElseGet(KeptLeaf::nowhere));
    dialer = new GrpcDialer(threads.workers());
    ofLeader =
        new LeaderStatuses(statuses, replication.leaderCall(), replication.reader(), FRESH_MILLIS);
    operations =
        new PeeringOperations(
            settings,
            replication.submitter(),
            replication.reader(),
            replication.leaderCall(),
            replication.leadership(),
            ids,
            clock,
            dialer,
            ofLeader.asOverlay(STATUS_PATIENCE, clock),
            threads.timer());
    StateReader all = replication.reader();
    services = new BoundedWatches(all, "services for peers", StoreSettings.PEER_WATCHES_MAX);
    streams = new BoundedWatches(all, "peer streams", StoreSettings.PEER_CONTROL_WATCHES_MAX);
    ofProxies = new BoundedWatches(all, "proxies", StoreSettings.PROXY_WATCHES_MAX);
    contents = new ExportedContents(services);
  }

  /** Listens, and keeps the streams of the peerings. */
  void start() throws IOException {
    parts.begin("certificate", certificate).start();
    operations.serve();
    ThreadLoops loops = parts.begin("loops", new ThreadLoops("peering", STREAM_THREADS));
    io.hanse.peering.replication.Replication streaming =
        new io.hanse.peering.replication.Replication(
            streams,
            replication.submitter(),
            replication.leadership(),
            dialer,
            dialer,
            loops,
            statuses,
            new Farewells(),
            ReplicationSettings.DEFAULT,
            contents,
            new KeptOffers(),
            new RoomTurns(),
            new LogPace());
    PeerSupervisor supervisor = parts.begin("streams", new PeerSupervisor(streaming));
    ofLeader.serve(settings);
    if (config.isPeeringEnabled()) {
      supervisor.start();
    }
    ProxyFeed proxies =
        parts.begin(
            "proxies",
            new ProxyFeed(
                loops, ofProxies, AgentAssembly.allowsByDefault(config), StreamLimits.DEFAULT));
    for (String address : config.addresses().grpcTls()) {
      if (config.ports().grpcTls() > 0) {
        parts.begin(
            "grpc " + address,
            ExternalGrpcServer.start(
                ExternalGrpcSettings.of(address, config.ports().grpcTls())
                    .withConnectionsPerClientMax(config.limits().rpcConnectionsPerClient()),
                certificate,
                List.of(
                    new PeerStreamEndpoint(
                        settings,
                        supervisor.acceptor(),
                        operations,
                        replication.leadership(),
                        streaming::leader,
                        threads.timer()),
                    new DataPlaneEndpoint(proxies, threads.timer()),
                    new ConnectCaEndpoint(authority, ofProxies, threads.workers())),
                threads.workers()));
      }
    }
    // Dialers that are told so look for another leader at once; those that are cut off wait first.
    parts.endFirst(supervisor);
  }

  /** For the time when this server leads. */
  CompletableFuture<?> warnWhereDisabled() {
    if (!config.isPeeringEnabled() && hasPeerings()) {
      LOG.warn(
          "peering is disabled at this server, which leads: no peering of the cluster is served"
              + " until another server leads");
    }
    return CompletableFuture.completedFuture(null);
  }

  private boolean hasPeerings() {
    try (View view = replication.reader().view()) {
      return !new Peerings(view).all().isEmpty();
    }
  }

  PeeringService operations() {
    return operations;
  }

  /** How much is taken of what is bounded. */
  Map<Metric, LongSupplier> gauges() {
    return Map.of(
        Metric.WATCHES_PEER_SERVICES, services::count,
        Metric.WATCHES_PEER_STREAMS, streams::count,
        Metric.WATCHES_PROXIES, ofProxies::count,
        Metric.CONTENTS_BYTES, contents::bytes);
  }

  @Override
  public void close() throws AgentParts.GoesOnException {
    parts.close();
  }
}
