package io.hanse.gateway;

import io.hanse.fsm.apply.ClusterStateMachine;
import io.hanse.fsm.port.CommandSubmitter;
import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.row.Batch;
import io.hanse.fsm.row.CaRoot;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.CommandResult;
import io.hanse.fsm.row.ConfigEntry;
import io.hanse.fsm.row.DeregisterCatalog;
import io.hanse.fsm.row.Entry;
import io.hanse.fsm.row.ExportedServiceRule;
import io.hanse.fsm.row.ExportedServices;
import io.hanse.fsm.row.HealthCheck;
import io.hanse.fsm.row.Node;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PeeringState;
import io.hanse.fsm.row.PeeringTrustBundle;
import io.hanse.fsm.row.ReconcileImport;
import io.hanse.fsm.row.ReconcileImportList;
import io.hanse.fsm.row.RegisterCatalog;
import io.hanse.fsm.row.RegisterClient;
import io.hanse.fsm.row.ServiceConsumer;
import io.hanse.fsm.row.ServiceIntentions;
import io.hanse.fsm.row.SourceIntention;
import io.hanse.fsm.row.WriteConfigEntry;
import io.hanse.fsm.row.WritePeering;
import io.hanse.fsm.row.WriteTrustBundle;
import io.hanse.fsm.store.ReadSet;
import io.hanse.fsm.store.Store;
import io.hanse.fsm.store.StoreSettings;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.Ca;
import io.hanse.fsm.view.Catalog;
import io.hanse.fsm.view.ExportResolver;
import io.hanse.fsm.view.ExportedInstance;
import io.hanse.gateway.feed.FirstContact;
import io.hanse.identity.CaService;
import io.hanse.identity.CaSettings;
import io.hanse.identity.KeptLeaf;
import io.hanse.identity.ServerCertificate;
import io.hanse.peering.dataplane.ProxyFeed;
import io.hanse.peering.protocol.StreamLimits;
import io.hanse.peering.replication.ThreadLoops;
import io.hanse.peering.transport.ConnectCaEndpoint;
import io.hanse.peering.transport.DataPlaneEndpoint;
import io.hanse.peering.transport.ExternalGrpcServer;
import io.hanse.peering.transport.ExternalGrpcSettings;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import org.awaitility.Awaitility;

/**
 * A cluster of one server without a log: the real state machine, authority and feed for proxies
 * behind a real gRPC port.
 */
final class TestCluster implements AutoCloseable {
  private static final String NODE = "n1";

  private final String datacenter;
  private final ClusterStateMachine machine =
      new ClusterStateMachine(new Store(StoreSettings.defaults(), Runnable::run));
  private final ScheduledExecutorService executor = Executors.newScheduledThreadPool(2);
  private final ThreadLoops loops = new ThreadLoops("server", 1);
  private final StateReader reader = new Reader();
  private final CommandSubmitter submitter =
      command -> CompletableFuture.completedFuture(submit(command));
  private final CaService authority;
  private final ServerCertificate certificate;
  private final ProxyFeed feed;
  private ExternalGrpcServer server;
  private long client;
  private long sequence;
  private long logIndex;
  private final List<byte[]> log = new ArrayList<>();

  TestCluster(String datacenter, boolean allowByDefault) throws IOException {
    this.datacenter = datacenter;
    authority =
        new CaService(
            CaSettings.defaults(datacenter),
            submitter,
            reader,
            () -> UUID.randomUUID().toString(),
            InstantSource.system(),
            executor);
    authority.initialize(ClusterStateMachine.COMMAND_LEVEL).join();
    certificate =
        new ServerCertificate(
            datacenter, authority, reader, InstantSource.system(), executor, KeptLeaf.nowhere());
    certificate.start();
    Awaitility.await().until(() -> certificate.leaf().isPresent());
    feed = new ProxyFeed(loops, reader, allowByDefault, StreamLimits.DEFAULT);
    startServer(0);
  }

  void startServer(int port) throws IOException {
    server =
        ExternalGrpcServer.start(
            ExternalGrpcSettings.of("127.0.0.1", port),
            certificate,
            List.of(
                new DataPlaneEndpoint(feed, executor),
                new ConnectCaEndpoint(authority, reader, executor)),
            executor);
  }

  int port() {
    return server.port();
  }

  /** Answers the port that is free now. */
  int stopServer() {
    int port = server.port();
    server.close();
    return port;
  }

  synchronized CommandResult submit(Command command) {
    if (client == 0) {
      client =
          apply(
                  Entry.newBuilder()
                      .setCommand(
                          Command.newBuilder()
                              .setRegisterClient(RegisterClient.newBuilder().setOrigin("test"))))
              .getIndex();
    }
    CommandResult result =
        apply(Entry.newBuilder().setClient(client).setSequence(++sequence).setCommand(command));
    if (result.getProblem() != 0) {
      throw new AssertionError(result.getMessage());
    }
    return result;
  }

  private CommandResult apply(Entry.Builder entry) {
    byte[] batch =
        Batch.newBuilder()
            .setTimeMillis(System.currentTimeMillis())
            .addEntries(entry)
            .build()
            .toByteArray();
    log.add(batch);
    return machine.apply(++logIndex, batch).getResults(0);
  }

  /** All that was applied so far. */
  synchronized List<byte[]> log() {
    return List.copyOf(log);
  }

  ServerCertificate certificate() {
    return certificate;
  }

  ScheduledExecutorService executor() {
    return executor;
  }

  /** Registers an instance with one check of its own. */
  void register(NodeService service, String status) {
    submit(
        Command.newBuilder()
            .setRegister(
                RegisterCatalog.newBuilder()
                    .setNode(Node.newBuilder().setNode(NODE).setAddress("127.0.0.1"))
                    .setService(service)
                    .addChecks(
                        HealthCheck.newBuilder()
                            .setNode(NODE)
                            .setCheckId("service:" + service.getId())
                            .setName("check")
                            .setServiceId(service.getId())
                            .setServiceName(service.getService())
                            .setStatus(status)))
            .build());
  }

  void deregister(String serviceId) {
    submit(
        Command.newBuilder()
            .setDeregister(DeregisterCatalog.newBuilder().setNode(NODE).setServiceId(serviceId))
            .build());
  }

  void write(ConfigEntry.Builder entry) {
    submit(
        Command.newBuilder()
            .setWriteConfigEntry(WriteConfigEntry.newBuilder().setEntry(entry))
            .build());
  }

  void intention(String destination, String peer, String source, String action) {
    write(
        ConfigEntry.newBuilder()
            .setKind("service-intentions")
            .setName(destination)
            .setServiceIntentions(
                ServiceIntentions.newBuilder()
                    .addSources(
                        SourceIntention.newBuilder()
                            .setName(source)
                            .setPeer(peer)
                            .setAction(action)
                            .setType("consul")
                            .setPrecedence(9))));
  }

  void export(String service, String... peers) {
    ExportedServices.Builder exports = ExportedServices.newBuilder();
    if (!service.isEmpty()) {
      ExportedServiceRule.Builder rule = ExportedServiceRule.newBuilder().setName(service);
      for (String peer : peers) {
        rule.addConsumers(ServiceConsumer.newBuilder().setPeer(peer));
      }
      exports.addServices(rule);
    }
    write(
        ConfigEntry.newBuilder()
            .setKind("exported-services")
            .setName("default")
            .setExportedServices(exports));
  }

  /** Makes both clusters peers of each other, as far as rows are concerned. */
  void peerWith(TestCluster other, String nameOfOther) {
    peerWith(nameOfOther, other.trustDomain(), other);
  }

  /** Makes somebody a peer who names a trust domain and signs by the roots of a cluster. */
  void peerWith(String nameOfOther, String claimed, TestCluster signer) {
    submit(
        Command.newBuilder()
            .setWritePeering(
                WritePeering.newBuilder()
                    .setPeering(
                        Peering.newBuilder()
                            .setId(UUID.randomUUID().toString())
                            .setName(nameOfOther)
                            .setState(PeeringState.PENDING)))
            .build());
    trust(nameOfOther, claimed, signer);
  }

  /** Takes over what a peer says of its roots. */
  void trust(String nameOfOther, String claimed, TestCluster signer) {
    submit(
        Command.newBuilder()
            .setWriteTrustBundle(
                WriteTrustBundle.newBuilder().setBundle(signer.trustBundle(nameOfOther, claimed)))
            .build());
  }

  private PeeringTrustBundle trustBundle(String name, String claimed) {
    try (View view = machine.view()) {
      return PeeringTrustBundle.newBuilder()
          .setTrustDomain(claimed)
          .setPeerName(name)
          .setExportedPartition("default")
          .addAllRootPems(new Ca(view).roots().stream().map(CaRoot::getRootCert).toList())
          .build();
    }
  }

  /** Takes over what the other cluster exports of a service. */
  void importFrom(TestCluster other, String nameOfOther, String nameHere, String service) {
    List<ExportedInstance> instances;
    try (View view = other.machine.view()) {
      instances = new ExportResolver(view).meshInstances(service, nameHere);
    }
    submit(
        Command.newBuilder()
            .setReconcileImport(
                ReconcileImport.newBuilder()
                    .setPeer(nameOfOther)
                    .setService(service + "-sidecar-proxy")
                    .addAllInstances(instances.stream().map(ExportedInstance::row).toList()))
            .build());
  }

  void importNothing(String nameOfOther) {
    submit(
        Command.newBuilder()
            .setReconcileImportList(ReconcileImportList.newBuilder().setPeer(nameOfOther))
            .build());
  }

  String trustDomain() {
    return authority.trustDomain().orElseThrow().name();
  }

  ProxyFeed feed() {
    return feed;
  }

  /** What the local agent would answer. */
  FirstContact contact(String proxyId) {
    return contact(proxyId, () -> List.of(server.port()));
  }

  /** The same, with these ports for the servers' own. */
  FirstContact contact(String proxyId, Supplier<List<Integer>> ports) {
    return () -> {
      try (View view = machine.view()) {
        return new FirstContact.Found(
            NODE,
            new Catalog(view).service("", NODE, proxyId).orElseThrow(),
            trustDomain(),
            datacenter,
            new Ca(view).roots().stream().map(CaRoot::getRootCert).toList(),
            ports.get().stream().map(port -> "127.0.0.1:" + port).toList());
      }
    };
  }

  @Override
  public void close() {
    feed.close();
    server.close();
    certificate.close();
    loops.close();
    executor.shutdownNow();
    machine.close();
  }

  private final class Reader implements StateReader {
    @Override
    public CompletableFuture<Freshness> fresh(Level level, Duration patience) {
      return CompletableFuture.completedFuture(freshness());
    }

    @Override
    public Freshness freshness() {
      return new Freshness(true, 0);
    }

    @Override
    public View view() {
      return machine.view();
    }

    @Override
    public Runnable watch(ReadSet reads, long since, Runnable wake) {
      return machine.watches().watch(reads, since, wake);
    }
  }
}
