package io.hanse.fsm.apply;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import io.hanse.fsm.config.ConfigEntryKind;
import io.hanse.fsm.row.AutopilotConfiguration;
import io.hanse.fsm.row.CatalogVerb;
import io.hanse.fsm.row.CheckOperation;
import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.row.ClusterIdentity;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.ConfigEntry;
import io.hanse.fsm.row.ConnectProxyConfig;
import io.hanse.fsm.row.CreateSession;
import io.hanse.fsm.row.DeletePreparedQuery;
import io.hanse.fsm.row.DeregisterCatalog;
import io.hanse.fsm.row.DestroySession;
import io.hanse.fsm.row.ExpireSessions;
import io.hanse.fsm.row.ExportedServiceRule;
import io.hanse.fsm.row.HealthCheck;
import io.hanse.fsm.row.InitializeCluster;
import io.hanse.fsm.row.KvEntry;
import io.hanse.fsm.row.KvOperation;
import io.hanse.fsm.row.MarkPeeringDeleted;
import io.hanse.fsm.row.Node;
import io.hanse.fsm.row.NodeOperation;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.row.OpenSessionTimers;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PreparedQuery;
import io.hanse.fsm.row.PurgeImports;
import io.hanse.fsm.row.ReconcileImport;
import io.hanse.fsm.row.ReconcileImportList;
import io.hanse.fsm.row.RegisterCatalog;
import io.hanse.fsm.row.RemovePeering;
import io.hanse.fsm.row.ServiceConsumer;
import io.hanse.fsm.row.ServiceOperation;
import io.hanse.fsm.row.Session;
import io.hanse.fsm.row.SessionOperation;
import io.hanse.fsm.row.SourceIntention;
import io.hanse.fsm.row.Transact;
import io.hanse.fsm.row.TransactionOperation;
import io.hanse.fsm.row.WithdrawImports;
import io.hanse.fsm.row.WriteAutopilotConfiguration;
import io.hanse.fsm.row.WriteConfigEntry;
import io.hanse.fsm.row.WriteKv;
import io.hanse.fsm.row.WritePeering;
import io.hanse.fsm.row.WritePreparedQuery;
import java.util.List;

/** Commands and rows as tests want them: short to write, with nothing in them that says nothing. */
public final class Commands {
  public static final String CLUSTER_ID = "11111111-2222-3333-4444-555555555555";

  private Commands() {}

  public static Command.Builder initialize() {
    return Command.newBuilder()
        .setInitializeCluster(
            InitializeCluster.newBuilder()
                .setIdentity(ClusterIdentity.newBuilder().setId(CLUSTER_ID).setDatacenter("dc1")));
  }

  public static Node.Builder node(String name) {
    return Node.newBuilder().setNode(name).setAddress("10.0.0.1").setDatacenter("dc1");
  }

  public static NodeService.Builder service(String name, String id) {
    return NodeService.newBuilder().setService(name).setId(id).setPort(8080);
  }

  public static NodeService.Builder sidecar(String destination) {
    return service(destination + "-sidecar-proxy", destination + "-sidecar-proxy")
        .setKind("connect-proxy")
        .setProxy(ConnectProxyConfig.newBuilder().setDestinationServiceName(destination));
  }

  public static NodeService.Builder gateway(String id) {
    return service("mesh-gateway", id).setKind("mesh-gateway").setPort(8443);
  }

  public static HealthCheck.Builder check(String id, String serviceId, String status) {
    return HealthCheck.newBuilder()
        .setCheckId(id)
        .setName(id)
        .setServiceId(serviceId)
        .setStatus(status);
  }

  public static Command.Builder register(
      Node.Builder node, NodeService.Builder service, HealthCheck.Builder... checks) {
    RegisterCatalog.Builder command =
        RegisterCatalog.newBuilder().setNode(node).setService(service);
    for (HealthCheck.Builder check : checks) {
      command.addChecks(check);
    }
    return Command.newBuilder().setRegister(command);
  }

  public static Command.Builder register(Node.Builder node, HealthCheck.Builder... checks) {
    RegisterCatalog.Builder command = RegisterCatalog.newBuilder().setNode(node);
    for (HealthCheck.Builder check : checks) {
      command.addChecks(check);
    }
    return Command.newBuilder().setRegister(command);
  }

  public static Command.Builder deregister(String node, String serviceId, String checkId) {
    return Command.newBuilder()
        .setDeregister(
            DeregisterCatalog.newBuilder()
                .setNode(node)
                .setServiceId(serviceId)
                .setCheckId(checkId));
  }

  public static Command.Builder kv(WriteKv.Verb verb, String key, String value, long cas) {
    return Command.newBuilder()
        .setWriteKv(
            WriteKv.newBuilder()
                .setVerb(verb)
                .setCas(cas)
                .setEntry(
                    KvEntry.newBuilder().setKey(key).setValue(ByteString.copyFromUtf8(value))));
  }

  /** The value is also the session, where the verb has to do with locks. */
  public static Command.Builder lock(WriteKv.Verb verb, String key, String session) {
    Command.Builder command = kv(verb, key, session, 0);
    command.getWriteKvBuilder().getEntryBuilder().setSession(session);
    return command;
  }

  public static Session.Builder session(String id, String node) {
    return Session.newBuilder()
        .setId(id)
        .setNode(node)
        .setBehavior("release")
        .setLockDelay(Duration.getDefaultInstance());
  }

  public static Command.Builder createSession(Session.Builder session) {
    return Command.newBuilder().setCreateSession(CreateSession.newBuilder().setSession(session));
  }

  public static Command.Builder destroy(String sessionId) {
    return Command.newBuilder().setDestroySession(DestroySession.newBuilder().setId(sessionId));
  }

  public static Command.Builder expire(long fence, String... sessionIds) {
    return Command.newBuilder()
        .setExpireSessions(
            ExpireSessions.newBuilder().setFence(fence).addAllIds(List.of(sessionIds)));
  }

  public static Command.Builder openTimers() {
    return Command.newBuilder().setOpenSessionTimers(OpenSessionTimers.getDefaultInstance());
  }

  public static Command.Builder transact(TransactionOperation.Builder... operations) {
    Transact.Builder command = Transact.newBuilder();
    for (TransactionOperation.Builder operation : operations) {
      command.addOperations(operation);
    }
    return Command.newBuilder().setTransact(command);
  }

  public static TransactionOperation.Builder operation(
      KvOperation.Verb verb, String key, String value, long index) {
    return TransactionOperation.newBuilder()
        .setKv(
            KvOperation.newBuilder()
                .setVerb(verb)
                .setIndex(index)
                .setEntry(
                    KvEntry.newBuilder()
                        .setKey(key)
                        .setValue(ByteString.copyFromUtf8(value))
                        .setSession(value)));
  }

  public static TransactionOperation.Builder operation(
      CatalogVerb verb, Node.Builder node, long index) {
    return TransactionOperation.newBuilder()
        .setNode(NodeOperation.newBuilder().setVerb(verb).setNode(node).setIndex(index));
  }

  public static TransactionOperation.Builder operation(
      CatalogVerb verb, String node, NodeService.Builder service, long index) {
    return TransactionOperation.newBuilder()
        .setService(
            ServiceOperation.newBuilder()
                .setVerb(verb)
                .setNode(node)
                .setService(service)
                .setIndex(index));
  }

  public static TransactionOperation.Builder operation(
      CatalogVerb verb, HealthCheck.Builder check, long index) {
    return TransactionOperation.newBuilder()
        .setCheck(CheckOperation.newBuilder().setVerb(verb).setCheck(check).setIndex(index));
  }

  public static TransactionOperation.Builder endOf(String sessionId) {
    return TransactionOperation.newBuilder()
        .setSession(SessionOperation.newBuilder().setId(sessionId));
  }

  public static Command.Builder write(ConfigEntry.Builder entry) {
    return Command.newBuilder()
        .setWriteConfigEntry(
            WriteConfigEntry.newBuilder().setEntry(ConfigEntryKind.prepare(entry.build())));
  }

  public static ConfigEntry.Builder entry(ConfigEntryKind kind, String name) {
    return kind.prototype().toBuilder().setName(name);
  }

  /** Exports each of the services to the peer. */
  public static ConfigEntry.Builder exports(String peer, String... services) {
    ConfigEntry.Builder entry = entry(ConfigEntryKind.EXPORTED_SERVICES, "default");
    for (String service : services) {
      entry
          .getExportedServicesBuilder()
          .addServices(
              ExportedServiceRule.newBuilder()
                  .setName(service)
                  .addConsumers(ServiceConsumer.newBuilder().setPeer(peer)));
    }
    return entry;
  }

  public static ConfigEntry.Builder intentions(
      String destination, SourceIntention.Builder... sources) {
    ConfigEntry.Builder entry = entry(ConfigEntryKind.SERVICE_INTENTIONS, destination);
    for (SourceIntention.Builder source : sources) {
      entry.getServiceIntentionsBuilder().addSources(source);
    }
    return entry;
  }

  public static ConfigEntry.Builder protocol(String service, String protocol) {
    ConfigEntry.Builder entry = entry(ConfigEntryKind.SERVICE_DEFAULTS, service);
    entry.getServiceDefaultsBuilder().setProtocol(protocol);
    return entry;
  }

  public static SourceIntention.Builder source(String peer, String name, String action) {
    return SourceIntention.newBuilder().setPeer(peer).setName(name).setAction(action);
  }

  public static Peering.Builder acceptor(String name) {
    return Peering.newBuilder().setId("id-" + name).setName(name);
  }

  public static Peering.Builder dialer(String name) {
    return acceptor(name).addPeerServerAddresses("10.0.0.9:8503").setPeerId("id-there");
  }

  public static Command.Builder write(Peering.Builder peering) {
    return Command.newBuilder().setWritePeering(WritePeering.newBuilder().setPeering(peering));
  }

  public static Command.Builder generate(Peering.Builder peering, String establishment) {
    return Command.newBuilder()
        .setWritePeering(
            WritePeering.newBuilder()
                .setPeering(peering)
                .setGenerate(
                    WritePeering.GenerateToken.newBuilder().setEstablishment(establishment)));
  }

  public static Command.Builder exchange(
      String id, String establishment, String pending, String redeemer) {
    return Command.newBuilder()
        .setWritePeering(
            WritePeering.newBuilder()
                .setSecretsOnly(true)
                .setPeering(Peering.newBuilder().setId(id))
                .setExchange(
                    WritePeering.ExchangeSecret.newBuilder()
                        .setEstablishment(establishment)
                        .setPendingStream(pending)
                        .setRedeemerNonce(redeemer)));
  }

  public static Command.Builder promote(Peering.Builder peering, String pending) {
    return Command.newBuilder()
        .setWritePeering(
            WritePeering.newBuilder()
                .setPeering(peering)
                .setPromote(WritePeering.PromotePending.newBuilder().setPendingStream(pending)));
  }

  public static Command.Builder establish(Peering.Builder peering, String active) {
    return Command.newBuilder()
        .setWritePeering(
            WritePeering.newBuilder()
                .setPeering(peering)
                .setEstablish(WritePeering.Establish.newBuilder().setActiveStream(active)));
  }

  public static Command.Builder markDeleted(String name) {
    return Command.newBuilder()
        .setMarkPeeringDeleted(
            MarkPeeringDeleted.newBuilder()
                .setName(name)
                .setDeletedAt(Timestamp.newBuilder().setSeconds(1_000_000_000)));
  }

  public static Command.Builder remove(String peeringId) {
    return Command.newBuilder().setRemovePeering(RemovePeering.newBuilder().setId(peeringId));
  }

  public static Command.Builder purge(String peer, int nodesMax) {
    return Command.newBuilder()
        .setPurgeImports(PurgeImports.newBuilder().setPeer(peer).setNodesMax(nodesMax));
  }

  public static Command.Builder withdraw(String peer, boolean withdrawn) {
    return Command.newBuilder()
        .setWithdrawImports(
            WithdrawImports.newBuilder().setPeer(peer).setWithdrawn(withdrawn).setSinceMillis(7));
  }

  public static CheckServiceNode.Builder instance(
      Node.Builder node, NodeService.Builder service, HealthCheck.Builder... checks) {
    CheckServiceNode.Builder instance =
        CheckServiceNode.newBuilder().setNode(node).setService(service);
    for (HealthCheck.Builder check : checks) {
      instance.addChecks(check.setNode(node.getNode()));
    }
    return instance;
  }

  public static Command.Builder reconcile(
      String peer, String service, CheckServiceNode.Builder... instances) {
    ReconcileImport.Builder command =
        ReconcileImport.newBuilder().setPeer(peer).setService(service);
    for (CheckServiceNode.Builder instance : instances) {
      command.addInstances(instance);
    }
    return Command.newBuilder().setReconcileImport(command);
  }

  public static Command.Builder reconcileList(String peer, String... services) {
    return Command.newBuilder()
        .setReconcileImportList(
            ReconcileImportList.newBuilder().setPeer(peer).addAllServices(List.of(services)));
  }

  public static Command.Builder autopilot(long maxTrailingLogs) {
    return Command.newBuilder()
        .setWriteAutopilotConfiguration(
            WriteAutopilotConfiguration.newBuilder()
                .setConfiguration(
                    AutopilotConfiguration.newBuilder().setMaxTrailingLogs(maxTrailingLogs)));
  }

  static PreparedQuery.Builder query(String id, String name) {
    PreparedQuery.Builder query = PreparedQuery.newBuilder().setId(id).setName(name);
    query.getServiceBuilder().setService("web");
    return query;
  }

  static Command.Builder write(PreparedQuery.Builder query, boolean isUpdate) {
    return Command.newBuilder()
        .setWritePreparedQuery(
            WritePreparedQuery.newBuilder().setQuery(query).setIsUpdate(isUpdate));
  }

  static Command.Builder deleteQuery(String id) {
    return Command.newBuilder().setDeletePreparedQuery(DeletePreparedQuery.newBuilder().setId(id));
  }
}
