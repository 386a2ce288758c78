package io.hanse.fsm.view;

import io.hanse.fsm.config.EntryLinks;
import io.hanse.fsm.row.AutopilotConfiguration;
import io.hanse.fsm.row.CaConfiguration;
import io.hanse.fsm.row.CaRoot;
import io.hanse.fsm.row.ClusterIdentity;
import io.hanse.fsm.row.ConfigEntry;
import io.hanse.fsm.row.Coordinate;
import io.hanse.fsm.row.FreeVirtualIp;
import io.hanse.fsm.row.HealthCheck;
import io.hanse.fsm.row.ImportPart;
import io.hanse.fsm.row.ImportWithdrawal;
import io.hanse.fsm.row.ImportedService;
import io.hanse.fsm.row.KvEntry;
import io.hanse.fsm.row.Node;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PeeringSecrets;
import io.hanse.fsm.row.PeeringTrustBundle;
import io.hanse.fsm.row.PinnedAddresses;
import io.hanse.fsm.row.PreparedQuery;
import io.hanse.fsm.row.Restore;
import io.hanse.fsm.row.Server;
import io.hanse.fsm.row.ServiceInstance;
import io.hanse.fsm.row.Session;
import io.hanse.fsm.row.StateQuota;
import io.hanse.fsm.row.SubmittingClient;
import io.hanse.fsm.row.SystemRecord;
import io.hanse.fsm.row.UserEvent;
import io.hanse.fsm.row.VirtualIp;
import io.hanse.fsm.store.Key;
import io.hanse.fsm.store.Schema;
import io.hanse.fsm.store.Table;
import io.hanse.fsm.store.TableId;
import java.util.List;

/**
 * The tables of the state: of each its row, key and secondary indexes. Tables whose rows do not say
 * their own key (results of clients, secrets in use, counters, parts of a restore) are written by
 * key and are not here.
 */
public final class Tables {
  public static final Table<Node> NODES =
      Table.of(
              TableId.NODES,
              Node.getDefaultInstance(),
              node -> Keys.node(node.getPeerName(), node.getNode()))
          .indexedBy(TableId.NODES_BY_ID, Tables::byId);

  public static final Table<ServiceInstance> SERVICES =
      Table.of(
              TableId.SERVICES,
              ServiceInstance.getDefaultInstance(),
              row ->
                  Keys.instance(
                      row.getService().getPeerName(), row.getNode(), row.getService().getId()))
          .indexedBy(TableId.SERVICES_BY_NAME, Tables::byName)
          .indexedBy(TableId.SERVICES_BY_DESTINATION, Tables::byDestination)
          .indexedBy(TableId.SERVICES_BY_KIND, Tables::byKind)
          .indexedBy(TableId.SERVICES_BY_TAGS, Tables::byTags);

  public static final Table<HealthCheck> CHECKS =
      Table.of(
              TableId.CHECKS,
              HealthCheck.getDefaultInstance(),
              check -> Keys.check(check.getPeerName(), check.getNode(), check.getCheckId()))
          .indexedBy(
              TableId.CHECKS_BY_INSTANCE,
              check ->
                  List.of(
                      Keys.instance(check.getPeerName(), check.getNode(), check.getServiceId())))
          .indexedBy(TableId.CHECKS_BY_SERVICE, Tables::byService)
          .indexedBy(
              TableId.CHECKS_BY_STATE,
              check -> List.of(Keys.checkState(check.getPeerName(), check.getStatus())))
          .indexedBy(TableId.CHECKS_BY_SESSION_NAME, Tables::bySessionName);

  public static final Table<ConfigEntry> CONFIG_ENTRIES =
      Table.of(
              TableId.CONFIG_ENTRIES,
              ConfigEntry.getDefaultInstance(),
              entry -> Keys.configEntry(entry.getKind(), entry.getName()))
          .indexedBy(TableId.ENTRIES_BY_LINK, Tables::byLink)
          .indexedBy(TableId.GATEWAYS_BY_SERVICE, Tables::byGatewayService)
          .indexedBy(TableId.ROUTES_BY_GATEWAY, Tables::byApiGateway)
          .indexedBy(TableId.INTENTIONS_BY_SOURCE, Tables::bySource)
          .indexedBy(TableId.INTENTIONS_BY_ID, Tables::byIntentionId);

  public static final Table<KvEntry> KV =
      Table.of(TableId.KV, KvEntry.getDefaultInstance(), entry -> Keys.kv(entry.getKey()))
          .indexedBy(TableId.KV_BY_SESSION, Tables::bySession);

  public static final Table<Coordinate> COORDINATES =
      Table.of(
          TableId.COORDINATES,
          Coordinate.getDefaultInstance(),
          row -> Keys.coordinate(row.getNode(), row.getSegment()));

  public static final Table<UserEvent> USER_EVENTS =
      Table.of(
          TableId.USER_EVENTS,
          UserEvent.getDefaultInstance(),
          event -> Keys.created(event.getLTime()));

  public static final Table<Session> SESSIONS =
      Table.of(
              TableId.SESSIONS,
              Session.getDefaultInstance(),
              session -> Keys.session(session.getId()))
          .indexedBy(
              TableId.SESSIONS_BY_NODE, session -> List.of(Keys.sessionNode(session.getNode())))
          .indexedBy(TableId.SESSIONS_BY_CHECK, Tables::byCheck)
          .indexedBy(TableId.SESSIONS_WITH_TTL, Tables::byAge);

  public static final Table<PreparedQuery> PREPARED_QUERIES =
      Table.of(
              TableId.PREPARED_QUERIES,
              PreparedQuery.getDefaultInstance(),
              query -> Keys.query(query.getId()))
          .indexedBy(TableId.QUERIES_BY_NAME, Tables::byQueryName)
          .indexedBy(TableId.QUERIES_BY_SESSION, Tables::byQuerySession);

  public static final Table<Peering> PEERINGS =
      Table.of(
              TableId.PEERINGS,
              Peering.getDefaultInstance(),
              peering -> Keys.peering(peering.getId()))
          .indexedBy(TableId.PEERINGS_BY_NAME, peering -> List.of(Keys.peer(peering.getName())));

  public static final Table<PeeringSecrets> PEERING_SECRETS =
      Table.of(
          TableId.PEERING_SECRETS,
          PeeringSecrets.getDefaultInstance(),
          secrets -> Keys.peering(secrets.getPeeringId()));

  public static final Table<PeeringTrustBundle> TRUST_BUNDLES =
      Table.of(
          TableId.TRUST_BUNDLES,
          PeeringTrustBundle.getDefaultInstance(),
          bundle -> Keys.peer(bundle.getPeerName()));

  public static final Table<ImportWithdrawal> IMPORT_WITHDRAWALS =
      Table.of(
          TableId.IMPORT_WITHDRAWALS,
          ImportWithdrawal.getDefaultInstance(),
          withdrawal -> Keys.peer(withdrawal.getPeerName()));

  public static final Table<PinnedAddresses> PINNED_ADDRESSES =
      Table.of(
          TableId.PINNED_ADDRESSES,
          PinnedAddresses.getDefaultInstance(),
          pinned -> Keys.peering(pinned.getPeeringId()));

  public static final Table<ImportedService> IMPORTED_SERVICES =
      Table.of(
          TableId.IMPORTED_SERVICES,
          ImportedService.getDefaultInstance(),
          row -> Keys.service(row.getPeerName(), row.getService()));

  public static final Table<ImportPart> IMPORT_PARTS =
      Table.of(
          TableId.IMPORT_PARTS,
          ImportPart.getDefaultInstance(),
          part -> Keys.importPart(part.getPeerName(), part.getPart()));

  public static final Table<Server> SERVERS =
      Table.of(TableId.SERVERS, Server.getDefaultInstance(), server -> Key.of(server.getRaftId()));

  public static final Table<SubmittingClient> CLIENTS =
      Table.of(
          TableId.CLIENTS,
          SubmittingClient.getDefaultInstance(),
          client -> Keys.client(client.getId()));

  public static final Table<ClusterIdentity> CLUSTER =
      Table.of(TableId.CLUSTER, ClusterIdentity.getDefaultInstance(), identity -> Keys.ONLY);

  public static final Table<CaConfiguration> CA_CONFIGURATION =
      Table.of(
          TableId.CA_CONFIGURATION,
          CaConfiguration.getDefaultInstance(),
          configuration -> Keys.ONLY);

  public static final Table<CaRoot> CA_ROOTS =
      Table.of(TableId.CA_ROOTS, CaRoot.getDefaultInstance(), root -> Key.of(root.getId()));

  public static final Table<AutopilotConfiguration> AUTOPILOT =
      Table.of(
          TableId.AUTOPILOT,
          AutopilotConfiguration.getDefaultInstance(),
          configuration -> Keys.ONLY);

  public static final Table<SystemRecord> SYSTEM_RECORDS =
      Table.of(
          TableId.SYSTEM_RECORDS,
          SystemRecord.getDefaultInstance(),
          record -> Keys.systemRecord(record.getKey()));

  public static final Table<StateQuota> QUOTA =
      Table.of(TableId.QUOTA, StateQuota.getDefaultInstance(), quota -> Keys.ONLY);

  public static final Table<Restore> RESTORES =
      Table.of(TableId.RESTORES, Restore.getDefaultInstance(), restore -> Keys.ONLY);

  public static final Table<VirtualIp> VIRTUAL_IPS =
      Table.of(
          TableId.VIRTUAL_IPS,
          VirtualIp.getDefaultInstance(),
          row -> Keys.service(row.getPeerName(), row.getService()));

  public static final Table<FreeVirtualIp> FREE_VIRTUAL_IPS =
      Table.of(
          TableId.FREE_VIRTUAL_IPS,
          FreeVirtualIp.getDefaultInstance(),
          row -> Keys.offset(row.getOffset()));

  /** All of them: what a snapshot's secondary trees are built by. */
  public static final Schema SCHEMA =
      new Schema(
          List.of(
              NODES,
              SERVICES,
              CHECKS,
              CONFIG_ENTRIES,
              KV,
              SESSIONS,
              PREPARED_QUERIES,
              COORDINATES,
              USER_EVENTS,
              PEERINGS,
              PEERING_SECRETS,
              TRUST_BUNDLES,
              IMPORT_WITHDRAWALS,
              PINNED_ADDRESSES,
              IMPORTED_SERVICES,
              IMPORT_PARTS,
              SERVERS,
              CLIENTS,
              CLUSTER,
              CA_CONFIGURATION,
              CA_ROOTS,
              AclTables.TOKENS,
              AclTables.POLICIES,
              AclTables.ROLES,
              AclTables.BINDING_RULES,
              AclTables.AUTH_METHODS,
              AclTables.BOOTSTRAP,
              AUTOPILOT,
              SYSTEM_RECORDS,
              QUOTA,
              RESTORES,
              VIRTUAL_IPS,
              FREE_VIRTUAL_IPS));

  private Tables() {}

  private static List<Key> byId(Node node) {
    return node.getId().isEmpty()
        ? List.of()
        : List.of(Keys.nodeId(node.getPeerName(), node.getId()));
  }

  private static List<Key> byName(ServiceInstance row) {
    return List.of(Keys.service(row.getService().getPeerName(), row.getService().getService()));
  }

  /** Sidecars by what they stand for; an instance that speaks for itself by its own name. */
  private static List<Key> byDestination(ServiceInstance row) {
    NodeService service = row.getService();
    return ServiceKinds.destinationOf(service)
        .map(destination -> List.of(Keys.service(service.getPeerName(), destination)))
        .orElse(List.of());
  }

  /** By kind, then by name, so that the names of a kind can be told without reading all rows. */
  private static List<Key> byKind(ServiceInstance row) {
    NodeService service = row.getService();
    return List.of(
        Keys.kind(service.getPeerName(), service.getKind()).thenFolded(service.getService()));
  }

  private static List<Key> bySession(KvEntry entry) {
    return entry.getSession().isEmpty() ? List.of() : List.of(Keys.session(entry.getSession()));
  }

  private static List<Key> byCheck(Session session) {
    return Sessions.checkIds(session).stream()
        .map(id -> Keys.sessionCheck(session.getNode(), id))
        .toList();
  }

  /** Only those whose time is limited. */
  private static List<Key> byAge(Session session) {
    return session.getTtlMillis() == 0
        ? List.of()
        : List.of(Keys.created(session.getRaftIndex().getCreateIndex()));
  }

  /** A template also by an empty name; another query without one can be found by its id only. */
  private static List<Key> byQueryName(PreparedQuery query) {
    boolean isTemplate = PreparedQueries.isTemplate(query);
    return isTemplate || !query.getName().isEmpty()
        ? List.of(Keys.queryName(isTemplate, query.getName()))
        : List.of();
  }

  private static List<Key> byQuerySession(PreparedQuery query) {
    return query.getSession().isEmpty() ? List.of() : List.of(Keys.session(query.getSession()));
  }

  /** By name and set of tags, so that both can be told without reading all rows. */
  private static List<Key> byTags(ServiceInstance row) {
    NodeService service = row.getService();
    return List.of(Keys.tags(service.getPeerName(), service.getService(), service.getTagsList()));
  }

  private static List<Key> byService(HealthCheck check) {
    return check.getServiceId().isEmpty()
        ? List.of()
        : List.of(Keys.service(check.getPeerName(), check.getServiceName()));
  }

  /** Only those that follow the sessions of a name. */
  private static List<Key> bySessionName(HealthCheck check) {
    return Health.followsSession(check)
        ? List.of(
            Keys.sessionName(
                check.getPeerName(), check.getNode(), check.getDefinition().getSessionName()))
        : List.of();
  }

  private static List<Key> byLink(ConfigEntry entry) {
    return EntryLinks.services(entry).stream().map(Keys::link).toList();
  }

  /** Gateways by what they name, an asterisk too. */
  private static List<Key> byGatewayService(ConfigEntry entry) {
    return EntryLinks.gatewayServices(entry).stream()
        .map(name -> Keys.gatewayLink(entry.getKind(), name))
        .toList();
  }

  private static List<Key> byApiGateway(ConfigEntry entry) {
    return EntryLinks.apiGateways(entry).stream().map(Keys::link).toList();
  }

  private static List<Key> bySource(ConfigEntry entry) {
    return entry.getServiceIntentions().getSourcesList().stream()
        .map(source -> Keys.source(source.getPeer(), source.getName()))
        .toList();
  }

  private static List<Key> byIntentionId(ConfigEntry entry) {
    return entry.getServiceIntentions().getSourcesList().stream()
        .filter(source -> !source.getLegacyId().isEmpty())
        .map(source -> Keys.intention(source.getLegacyId()))
        .toList();
  }
}
