package io.hanse.cli.agent;

import io.hanse.cli.agent.compilers.YieldingCompilers;
import io.hanse.cli.agent.warmup.WarmUp;
import io.hanse.cli.config.AgentConfig;
import io.hanse.fsm.apply.ClusterStateMachine;
import io.hanse.fsm.port.CommandSubmitter;
import io.hanse.fsm.port.IdSource;
import io.hanse.fsm.port.LiveQuery;
import io.hanse.fsm.row.CaRoot;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.Server;
import io.hanse.fsm.row.WriteAutopilotConfiguration;
import io.hanse.fsm.store.FolderSync;
import io.hanse.fsm.store.Store;
import io.hanse.fsm.store.StoreSettings;
import io.hanse.fsm.view.Autopilot;
import io.hanse.fsm.view.Ca;
import io.hanse.http.endpoints.DigestEndpoints;
import io.hanse.http.endpoints.Endpoints;
import io.hanse.http.endpoints.KeyringEndpoints;
import io.hanse.http.query.QueryOptions;
import io.hanse.http.query.Reads;
import io.hanse.http.server.HttpApi;
import io.hanse.http.server.HttpSettings;
import io.hanse.identity.CaService;
import io.hanse.identity.CaSettings;
import io.hanse.identity.LeafCache;
import io.hanse.peering.replication.ThreadLoops;
import io.hanse.raft.DirectoryLock;
import io.hanse.raft.Fatal;
import io.hanse.raft.RaftSettings;
import io.hanse.raft.Replication;
import io.hanse.raft.ServerTls;
import io.hanse.raft.StateReplica;
import io.hanse.raft.node.ClusterNode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A server, put together: its parts in the order in which they start. They stop in the reverse. */
public final class AgentAssembly implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AgentAssembly.class);
  private static final int HTTP_THREADS = 2;
  private static final Duration RELOAD_PATIENCE = Duration.ofSeconds(10);

  private final AgentParts parts = new AgentParts(AgentParts.PATIENCE);

  private volatile Runnable reload = () -> {};
  private CompletableFuture<Void> left = new CompletableFuture<>();
  private volatile Supplier<CompletableFuture<Void>> leave = CompletableFuture::new;

  private AgentAssembly() {}

  /** Returns when the agent listens; fails with a message that names what and which. */
  public static AgentAssembly start(AgentConfig config) throws IOException {
    AgentAssembly assembly = new AgentAssembly();
    try {
      assembly.startParts(config);
      return assembly;
    } catch (IOException | RuntimeException e) {
      assembly.close();
      throw e;
    }
  }

  private void startParts(AgentConfig config) throws IOException {
    ListenerCheck.of(config).run();
    CertificateFiles certificates = CertificateFiles.open(config);
    DataFolder folder = parts.begin("data folder", DataFolder.open(config.dataDirectory()));
    DirectoryLock lock = parts.begin("lock", DirectoryLock.take(folder.path()));
    AgentIdentity identity = identity(config, folder);
    AgentThreads threads = new AgentThreads();
    ClusterStateMachine state =
        parts.begin(
            "store",
            new ClusterStateMachine(
                new Store(StoreSettings.defaults(), threads.background(), threads.wakes())));
    // The store hands them work, and is there until they are through with it.
    parts.begin("threads", threads);
    Replication replication =
        ClusterNode.prepare(
            lock,
            raftSettings(config, identity, folder, certificates.betweenServers()),
            new StateReplica(state, FolderSync.ofDisk()),
            Fatal.HALT);
    parts.begin("replication", replication::stop);
    replication.serverCall().serveHere(DigestEndpoints.QUESTION, new StateDigests(state));
    Keyring keyring = Keyring.of(config.dataDirectory(), config.tls().sharedKey());
    replication
        .serverCall()
        .serveHere(KeyringEndpoints.QUESTION, new KeyringCalls(keyring, threads.background()));
    IdSource ids = () -> UUID.randomUUID().toString();
    CaService authority =
        new CaService(
            CaSettings.defaults(config.datacenter()),
            replication.submitter(),
            replication.reader(),
            ids,
            Clock.systemUTC(),
            threads.timer());
    PeeringAssembly peering =
        parts.begin("peering", new PeeringAssembly(config, replication, authority, ids, threads));
    LeafCache leaves =
        parts.begin("leaves", new LeafCache(authority, Clock.systemUTC(), threads.timer()));
    AntiEntropy[] entropy = new AntiEntropy[1];
    AgentCore core = core(config, identity, threads, folder, () -> entropy[0].changed());
    entropy[0] =
        new AntiEntropy(
            identity,
            new ThreadLoop(threads.agent()),
            replication.reader(),
            replication.submitter(),
            core::registry);
    parts.begin("anti-entropy", entropy[0]::close);
    core.start();
    ServerEchoes echoes =
        new ServerEchoes(
            replication.leadership(),
            replication.membership(),
            replication.serverCall(),
            System::nanoTime);
    RequestedReload requestedReload = new RequestedReload(threads.background(), RELOAD_PATIENCE);
    Departure departure = new Departure(replication.membership(), entropy[0], threads.timer());
    replication.left().thenRun(departure::foundGone);
    left = departure.left();
    leave = departure::run;
    ServerAgent agent =
        new ServerAgent(
            identity,
            replication.self(),
            core,
            replication.leadership(),
            replication.reader(),
            echoes,
            config.isPeeringEnabled(),
            new ServerAgent.Deeds(requestedReload::run, departure::run),
            threads.workers());
    FileDefinitions.register(config, core);
    SessionTimers sessions =
        parts.begin(
            "sessions",
            new SessionTimers(
                parts.begin("loop of sessions", new ThreadLoops("sessions", 1)).newLoop(),
                replication.leadership(),
                replication.leaderCall(),
                replication.reader(),
                replication.submitter()::submit));
    sessions.start();
    // Before what a first answer does not need: the log, streams, certificates, the leader's tasks.
    HttpApi http =
        parts.begin(
            "http",
            http(
                config,
                folder,
                certificates,
                new Endpoints.Ports(
                    replication.reader(),
                    replication.submitter(),
                    replication.leadership(),
                    replication.leaderCall(),
                    replication.serverCall(),
                    replication.membership(),
                    agent,
                    sessions,
                    ids,
                    peering.operations(),
                    leaves,
                    authority,
                    peering.gauges())));
    replication.open();
    certificates.follow(threads.timer(), replication::renewConnections);
    reload = certificates::reload;
    requestedReload.open(certificates::reloadOrFail);
    entropy[0].start();
    replication
        .leadership()
        .onChange(standing -> standing.leader().ifPresent(leader -> entropy[0].leaderIsKnown()));
    peering.start();
    parts.begin(
        "root of the authority",
        LiveQuery.start(
            replication.reader(),
            view -> new Ca(view).activeRoot().map(CaRoot::getSigningKeyId),
            threads.timer(),
            (key, index) -> key.ifPresent(leaves::activeKey),
            failure -> LOG.error("root of the authority is not followed", failure)));
    new ServerHealth(
            replication.self(),
            replication.leadership(),
            replication.leaderCall(),
            replication.reader(),
            replication.submitter(),
            replication.membership(),
            threads.timer())
        .start();
    echoes.start(threads.timer());
    LeaderTasks leaderTasks = new LeaderTasks(replication.leadership(), threads.timer());
    leaderTasks.onLeading(
        "certificate authority",
        () -> authority.initialize(replication.membership().commandLevel()));
    leaderTasks.whileLeading("old roots", Duration.ofHours(1), authority::prune);
    leaderTasks.onLeading("word of peering that is disabled", peering::warnWhereDisabled);
    AclExpiry expiry =
        new AclExpiry(replication.reader(), replication.submitter(), Clock.systemUTC());
    leaderTasks.whileLeading("expired tokens", Duration.ofSeconds(5), expiry::run);
    leaderTasks.onLeading(
        "configuration of autopilot", () -> writeAutopilot(replication.submitter()));
    BootstrapEntries entries = BootstrapEntries.of(config.bootstrapEntries());
    leaderTasks.onLeading(
        "entries of the configuration", () -> entries.write(replication.submitter()));
    parts.begin("compilers", YieldingCompilers.begin());
    // Nothing is asked any more of what stops after it.
    parts.endFirst(http);
    // While all is served still: who is led, or dials, finds the next leader before this server
    // goes.
    parts.begin(
        "leadership",
        new Succession(
            replication.leadership(),
            echoes::ofMajority,
            replication::resign,
            Succession.PATIENCE));
    Optional<WarmUp> warmUp = Optional.of(new WarmUp()).filter(any -> config.timing().warmsUp());
    warmUp.ifPresent(practice -> parts.begin("warm-up", practice));
    LOG.info("agent started node={} id={}", identity.nodeName(), identity.nodeId());
    new Readiness(
            replication.reader(),
            threads.timer(),
            () -> {
              LOG.info("agent ready, requests are served node={}", identity.nodeName());
              warmUp.ifPresent(WarmUp::start);
            })
        .look();
  }

  private static HttpApi http(
      AgentConfig config, DataFolder folder, CertificateFiles certificates, Endpoints.Ports ports) {
    HttpApi http = HttpApi.of(ports, httpSettings(config, folder), HTTP_THREADS);
    try {
      for (String address : config.addresses().http()) {
        http.listen(new InetSocketAddress(address, config.ports().http()));
      }
      certificates
          .ofHttps()
          .ifPresent(
              tls -> {
                boolean verify =
                    config.tls().https().filter(AgentConfig.Listener::verifyIncoming).isPresent();
                for (String address : config.addresses().https()) {
                  http.listenTls(
                      new InetSocketAddress(address, config.ports().https()), tls, verify);
                }
              });
      return http;
    } catch (RuntimeException e) {
      http.close();
      throw e;
    }
  }

  private static AgentIdentity identity(AgentConfig config, DataFolder folder) throws IOException {
    return new AgentIdentity(
        config.node().name(),
        folder.nodeId(config.node().id()),
        config.datacenter(),
        config.addresses().advertise(),
        config.addresses().advertise(),
        config.node().meta());
  }

  private AgentCore core(
      AgentConfig config,
      AgentIdentity identity,
      AgentThreads threads,
      DataFolder folder,
      Runnable changed)
      throws IOException {
    return parts.begin(
        "services and checks",
        new AgentCore(
            identity,
            new SidecarPorts(config.ports().sidecarMin(), config.ports().sidecarMax()),
            threads.agent(),
            threads.probes(),
            DefinitionFiles.in(folder.definitions()),
            changed));
  }

  private static RaftSettings raftSettings(
      AgentConfig config, AgentIdentity identity, DataFolder folder, Optional<ServerTls> tls) {
    Server self =
        Server.newBuilder()
            .setNodeId(identity.nodeId())
            .setNode(identity.nodeName())
            .setDatacenter(identity.datacenter())
            .setAddress(identity.address())
            .setServerPort(config.ports().server())
            .setSerfLanPort(config.ports().serfLan())
            .setGrpcPort(Math.max(0, config.ports().grpc()))
            .setGrpcTlsPort(Math.max(0, config.ports().grpcTls()))
            .setVersion(AgentIdentity.CONSUL_VERSION)
            .setDefaultIntentionPolicy(config.defaultIntentionPolicy().orElse(""))
            .setCommandLevel(ClusterStateMachine.COMMAND_LEVEL)
            .build();
    String bind = config.addresses().bind();
    return new RaftSettings(
        folder.path(),
        self,
        new InetSocketAddress(bind, config.ports().server()),
        new InetSocketAddress(bind, config.ports().serfLan()),
        tls,
        new RaftSettings.Bootstrap(config.joining().bootstrapExpect(), config.joining().join()),
        RaftSettings.Timing.defaults()
            .withMultiplier(config.timing().raftMultiplier())
            .withHold(config.timing().rpcHoldTimeout()),
        RaftSettings.Limits.defaults()
            .withSnapshots(config.snapshots().entries(), config.snapshots().trailing()));
  }

  /** Where there is none yet. */
  private static CompletableFuture<?> writeAutopilot(CommandSubmitter submitter) {
    return submitter.submit(
        Command.newBuilder()
            .setWriteAutopilotConfiguration(
                WriteAutopilotConfiguration.newBuilder()
                    .setConfiguration(Autopilot.DEFAULTS)
                    .setHasCas(true))
            .build());
  }

  private static HttpSettings httpSettings(AgentConfig config, DataFolder folder) {
    AgentConfig.Http http = config.http();
    HttpSettings.Limits limits =
        HttpSettings.Limits.DEFAULTS.withConnectionsPerClientMax(
            config.limits().httpConnectionsPerClient());
    return new HttpSettings(
        config.dev(),
        config.defaultIntentionPolicy().orElse(""),
        http.responseHeaders(),
        http.translatesAddresses(),
        http.blockedPrefixes(),
        http.writers(),
        config.limits().kvValueBytes(),
        http.headerBytesMax() > 0 ? limits.withHeaderBytesMax(http.headerBytesMax()) : limits,
        new Reads.Limits(
            config.timing().rpcHoldTimeout(),
            Reads.Limits.DEFAULTS.parkedMax(),
            Reads.Limits.DEFAULTS.keptBytesMax(),
            Reads.Limits.DEFAULTS.readBytesMax(),
            new QueryOptions.Waits(
                config.timing().defaultQueryTime(), config.timing().maxQueryTime())),
        Optional.of(folder.path().resolve("transfers")));
  }

  static boolean allowsByDefault(AgentConfig config) {
    return !config.defaultIntentionPolicy().equals(Optional.of("deny"));
  }

  /** Reads again what may change without a restart: certificates. */
  public void reload() {
    LOG.info("certificates are read again");
    reload.run();
  }

  /** Leaves the cluster; where that fails all is as before. */
  public CompletableFuture<Void> leave() {
    return leave.get();
  }

  /** Done when the agent has left its cluster, as it was asked to, and is to be closed. */
  public CompletableFuture<Void> left() {
    return left;
  }

  /** The parts, in the order in which they will end. */
  List<String> ends() {
    return parts.names();
  }

  /** Hands leadership over, then stops. */
  @Override
  public void close() {
    try {
      parts.close();
    } catch (AgentParts.GoesOnException e) {
      LOG.warn("the agent ends with this process only: {}", e.getMessage());
    }
  }
}
