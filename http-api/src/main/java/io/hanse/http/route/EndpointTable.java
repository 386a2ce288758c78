package io.hanse.http.route;

import static io.hanse.http.query.Metadata.NONE;
import static io.hanse.http.query.Metadata.ONLY_INDEX;
import static io.hanse.http.query.Metadata.PLAIN;
import static io.hanse.http.query.Metadata.WITH_CONSISTENCY;
import static io.hanse.http.route.Endpoint.at;
import static io.hanse.http.route.Endpoint.atAgent;
import static io.hanse.http.route.Endpoint.atPeering;

import io.hanse.http.endpoints.AclEndpoints;
import io.hanse.http.endpoints.AutopilotEndpoints;
import io.hanse.http.endpoints.CatalogEndpoints;
import io.hanse.http.endpoints.ChainEndpoint;
import io.hanse.http.endpoints.ConnectEndpoints;
import io.hanse.http.endpoints.CoordinateEndpoints;
import io.hanse.http.endpoints.Endpoints;
import io.hanse.http.endpoints.EventEndpoints;
import io.hanse.http.endpoints.HealthEndpoints;
import io.hanse.http.endpoints.IntentionEndpoints;
import io.hanse.http.endpoints.KeyringEndpoints;
import io.hanse.http.endpoints.LegacyIntentions;
import io.hanse.http.endpoints.OperatorEndpoints;
import io.hanse.http.endpoints.PeeringEndpoints;
import io.hanse.http.endpoints.QueryEndpoints;
import io.hanse.http.endpoints.SessionEndpoints;
import io.hanse.http.endpoints.SnapshotEndpoints;
import io.hanse.http.exchange.Handler;
import io.hanse.http.query.Reads;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The list of all endpoints. A new one is a row here; {@code docs/http-api.md} comes from it. */
public final class EndpointTable {
  private EndpointTable() {}

  public static List<Endpoint> all(Endpoints endpoints, Reads reads) {
    return Stream.of(
            operator(endpoints.operator()),
            keyring(endpoints.keyring()),
            autopilot(endpoints.autopilot(), reads),
            acl(endpoints.acl()),
            catalog(endpoints.catalog(), reads),
            health(endpoints.health(), reads),
            data(endpoints, reads),
            sessions(endpoints.sessions(), reads),
            queries(endpoints.queries(), reads),
            events(endpoints.events(), reads),
            coordinates(endpoints.coordinates(), reads),
            peering(endpoints.peering(), reads),
            connect(endpoints, reads),
            intentions(endpoints, reads),
            AgentEndpointTable.all(endpoints),
            state(endpoints, reads))
        .flatMap(List::stream)
        .toList();
  }

  /** What a cluster has in any case: a catalog, and the health of what is in it. */
  public static List<Endpoint> ofCatalog(
      CatalogEndpoints catalog, HealthEndpoints health, Reads reads) {
    return Stream.concat(catalog(catalog, reads).stream(), health(health, reads).stream()).toList();
  }

  private static List<Endpoint> operator(OperatorEndpoints operator) {
    return List.of(
        at("/v1/status/leader")
            .get("-", operator::leader, "The address of the leader")
            .withoutState(),
        at("/v1/status/peers").get("-", operator::peers, "The addresses of all servers"),
        at("/v1/operator/raft/configuration")
            .get("operator:read", operator::configuration, "The servers that vote"),
        at("/v1/operator/raft/transfer-leader")
            .post("operator:write", operator::transferLeader, "Hands leadership over"),
        at("/v1/operator/raft/peer")
            .delete("operator:write", operator::removePeer, "Removes a server"));
  }

  private static List<Endpoint> keyring(KeyringEndpoints keyring) {
    return List.of(
        at("/v1/operator/keyring")
            .get("keyring:read", keyring::list, "The keys that the servers share")
            .post("keyring:write", keyring::install, "Gives them one more")
            .put("keyring:write", keyring::use, "Makes one the key that signs")
            .delete("keyring:write", keyring::remove, "Takes one away"));
  }

  private static List<Endpoint> autopilot(AutopilotEndpoints autopilot, Reads reads) {
    return List.of(
        at("/v1/operator/autopilot/configuration")
            .get(
                "operator:read",
                reads.once(NONE, autopilot::configuration),
                "How the servers are kept in order")
            .put("operator:write", autopilot::configure, "Changes it"),
        at("/v1/operator/autopilot/health")
            .get("operator:read", autopilot::health, "How the servers are; 429 if not well"),
        at("/v1/operator/autopilot/state")
            .get("operator:read", autopilot::state, "The same with the role of each"));
  }

  private static List<Endpoint> acl(AclEndpoints acl) {
    Handler off = acl::disabled;
    String read = "acl:read";
    String write = "acl:write";
    List<Endpoint> all = new ArrayList<>();
    all.add(at("/v1/acl/bootstrap").put("-", off, "Makes the first token"));
    all.add(at("/v1/acl/login").post("-", off, "Exchanges a credential for a token"));
    all.add(at("/v1/acl/logout").post("-", off, "Gives such a token back"));
    all.add(at("/v1/acl/replication").get("-", off, "How rows of another datacenter are copied"));
    all.add(at("/v1/acl/token/self").get("-", off, "The token of the request"));
    all.add(at("/v1/acl/policy/name/").get(read, off, "A policy by its name"));
    all.add(at("/v1/acl/role/name/").get(read, off, "A role by its name"));
    all.add(at("/v1/acl/templated-policies").get(read, off, "The templates of policies"));
    all.add(at("/v1/acl/templated-policy/name/").get(read, off, "A template by its name"));
    all.add(at("/v1/acl/templated-policy/preview/").post(read, off, "What it comes to"));
    all.add(at("/v1/acl/policies").get(read, off, "All policies"));
    for (String kind : List.of("token", "policy", "role", "binding-rule", "auth-method")) {
      if (!kind.equals("policy")) {
        all.add(at("/v1/acl/" + kind + "s").get(read, off, "All rows of this kind"));
      }
      all.add(at("/v1/acl/" + kind).put(write, off, "Makes one"));
      all.add(
          at("/v1/acl/" + kind + "/")
              .get(read, off, "One of them")
              .put(write, off, "Changes it")
              .delete(write, off, "Deletes it"));
    }
    return all;
  }

  private static List<Endpoint> catalog(CatalogEndpoints catalog, Reads reads) {
    return List.of(
        at("/v1/catalog/register")
            .put("node:write, service:write", catalog::register, "Registers without an agent"),
        at("/v1/catalog/deregister")
            .put("node:write, service:write", catalog::deregister, "Takes a registration back"),
        at("/v1/catalog/datacenters").get("-", catalog::datacenters, "The known datacenters"),
        at("/v1/catalog/nodes")
            .get("node:read", reads.kept(WITH_CONSISTENCY, catalog::nodes), "All nodes"),
        at("/v1/catalog/services")
            .get(
                "service:read",
                reads.kept(WITH_CONSISTENCY, catalog::services),
                "The names of all services, with their tags"),
        at("/v1/catalog/service/")
            .get(
                "node:read, service:read",
                reads.kept(WITH_CONSISTENCY, catalog::service),
                "The instances of a service"),
        at("/v1/catalog/connect/")
            .get(
                "node:read, service:read",
                reads.kept(WITH_CONSISTENCY, catalog::connect),
                "The instances through which the mesh reaches a service"),
        at("/v1/catalog/gateway-services/")
            .get(
                "service:read",
                reads.kept(WITH_CONSISTENCY, catalog::gatewayServices),
                "The services behind an ingress or a terminating gateway"),
        at("/v1/catalog/node/")
            .get(
                "node:read, service:read",
                reads.kept(WITH_CONSISTENCY, catalog::node),
                "A node with its services, by their ids"),
        at("/v1/catalog/node-services/")
            .get(
                "node:read, service:read",
                reads.kept(WITH_CONSISTENCY, catalog::nodeServices),
                "A node with its services, as a list"));
  }

  private static List<Endpoint> health(HealthEndpoints health, Reads reads) {
    String permission = "node:read, service:read";
    return List.of(
        at("/v1/health/node/")
            .get(permission, reads.kept(WITH_CONSISTENCY, health::node), "The checks of a node"),
        at("/v1/health/checks/")
            .get(
                permission,
                reads.kept(WITH_CONSISTENCY, health::checks),
                "The checks of a service"),
        at("/v1/health/state/")
            .get(permission, reads.kept(WITH_CONSISTENCY, health::state), "The checks in a state"),
        at("/v1/health/service/")
            .get(
                permission,
                reads.kept(WITH_CONSISTENCY, health::service),
                "The instances of a service with their checks"),
        at("/v1/health/connect/")
            .get(
                permission,
                reads.kept(WITH_CONSISTENCY, health::connect),
                "The mesh instances of a service with their checks"),
        at("/v1/health/ingress/")
            .get(
                permission,
                reads.kept(WITH_CONSISTENCY, health::ingress),
                "The ingress gateways before a service with their checks"));
  }

  private static List<Endpoint> data(Endpoints endpoints, Reads reads) {
    return List.of(
        at("/v1/kv/")
            .get("key:read", reads.blocking(PLAIN, endpoints.kv()::get), "Values under keys")
            .put("key:write", endpoints.kv()::put, "Stores a value")
            .delete("key:write", endpoints.kv()::delete, "Deletes a key or all below it"),
        at("/v1/txn")
            .put("by operation", endpoints.txn().over(reads), "Several operations, all or none"),
        at("/v1/config").put("by kind", endpoints.config()::put, "Writes a config entry"),
        at("/v1/config/")
            .get(
                "by kind",
                reads.blocking(PLAIN, endpoints.config()::get),
                "A config entry, or all of a kind")
            .delete("by kind", endpoints.config()::delete, "Deletes a config entry"));
  }

  private static List<Endpoint> sessions(SessionEndpoints sessions, Reads reads) {
    return List.of(
        at("/v1/session/create").put("session:write", sessions::create, "Begins a session"),
        at("/v1/session/destroy/").put("session:write", sessions::destroy, "Ends it"),
        at("/v1/session/renew/").put("session:write", sessions::renew, "Its time begins anew"),
        at("/v1/session/info/")
            .get("session:read", reads.blocking(PLAIN, sessions::get), "A session"),
        at("/v1/session/node/")
            .get("session:read", reads.blocking(PLAIN, sessions::ofNode), "Those of a node"),
        at("/v1/session/list")
            .get("session:read", reads.blocking(PLAIN, sessions::list), "All sessions"));
  }

  private static List<Endpoint> queries(QueryEndpoints queries, Reads reads) {
    return List.of(
        at("/v1/query")
            .get("query:read", reads.blocking(WITH_CONSISTENCY, queries::list), "All queries")
            .post("query:write", queries::create, "Stores a query"),
        at("/v1/query/")
            .get(
                "query:read",
                queries.read(reads),
                "A query by its id; below it, by id or name, `/execute` and `/explain`")
            .put("query:write", queries::update, "Changes it")
            .delete("query:write", queries::delete, "Deletes it"));
  }

  private static List<Endpoint> events(EventEndpoints events, Reads reads) {
    return List.of(
        atAgent("/v1/event/fire/").put("event:write", events::fire, "Fires an event"),
        atAgent("/v1/event/list")
            .get(
                "event:read",
                reads.blocking(ONLY_INDEX, events::list),
                "The newest events that are about this agent"));
  }

  private static List<Endpoint> coordinates(CoordinateEndpoints coordinates, Reads reads) {
    return List.of(
        at("/v1/coordinate/datacenters")
            .get("-", reads.once(NONE, coordinates::datacenters), "Those of the servers"),
        at("/v1/coordinate/nodes")
            .get("node:read", reads.blocking(PLAIN, coordinates::nodes), "Those of all nodes"),
        at("/v1/coordinate/node/")
            .get("node:read", reads.blocking(PLAIN, coordinates::node), "Those of a node"),
        at("/v1/coordinate/update").put("node:write", coordinates::update, "Says where a node is"));
  }

  private static List<Endpoint> peering(PeeringEndpoints peering, Reads reads) {
    return List.of(
        atPeering("/v1/peering/token")
            .post("peering:write", peering::generateToken, "Makes a token for another cluster"),
        atPeering("/v1/peering/token/revoke")
            .post("peering:write", peering::revokeToken, "Takes back a token not redeemed yet"),
        atPeering("/v1/peering/establish")
            .post("peering:write", peering::establish, "Redeems a token of another cluster"),
        atPeering("/v1/peering/addresses")
            .put("peering:write", peering::pinAddresses, "Pins where a peer is dialed"),
        atPeering("/v1/peering/")
            .get(
                "peering:read",
                reads.blockingAtLeader(PLAIN, peering::read),
                "A peering and its state")
            .delete("peering:write", peering::delete, "Ends a peering"),
        atPeering("/v1/peerings")
            .get("peering:read", reads.blockingAtLeader(PLAIN, peering::list), "All peerings"),
        at("/v1/exported-services")
            .get(
                "mesh:read",
                reads.blocking(PLAIN, peering::exportedServices),
                "What is exported, and to which peers"),
        at("/v1/imported-services")
            .get(
                "mesh:read",
                reads.blocking(PLAIN, peering::importedServices),
                "What is imported, and from which peer"));
  }

  private static List<Endpoint> connect(Endpoints endpoints, Reads reads) {
    ConnectEndpoints connect = endpoints.connect();
    return List.of(
        at("/v1/connect/ca/roots")
            .get("-", reads.blocking(PLAIN, connect::roots), "The roots of the mesh"),
        at("/v1/connect/ca/configuration")
            .get(
                "operator:write",
                reads.once(NONE, connect::configuration),
                "How the authority is configured")
            .put(
                "operator:write",
                endpoints.configureCa(),
                "Changes it; another key makes a new root"),
        atAgent("/v1/agent/connect/ca/roots")
            .get("-", reads.blocking(PLAIN, connect::agentRoots), "The same, by the agent"),
        atAgent("/v1/agent/connect/ca/leaf/")
            .get("service:write", endpoints.leaf(), "A certificate with its key for a service"),
        atAgent("/v1/agent/connect/authorize")
            .post(
                "service:write",
                reads.once(NONE, connect::authorize),
                "Whether a client may connect to a service"));
  }

  private static List<Endpoint> intentions(Endpoints endpoints, Reads reads) {
    IntentionEndpoints intentions = endpoints.intentions();
    LegacyIntentions legacy = endpoints.legacyIntentions();
    ChainEndpoint chain = endpoints.chain();
    String read = "intentions:read";
    String write = "intentions:write";
    return List.of(
        at("/v1/connect/intentions")
            .get(read, reads.blocking(PLAIN, intentions::list), "Who may call whom")
            .post(write, legacy::create, "Makes an intention with an id"),
        at("/v1/connect/intentions/exact")
            .get(read, reads.blocking(NONE, intentions::exact), "The intention between two")
            .put(write, intentions::putExact, "Writes it")
            .delete(write, intentions::deleteExact, "Deletes it"),
        at("/v1/connect/intentions/match")
            .get(
                read,
                reads.blocking(WITH_CONSISTENCY, intentions::match),
                "The intentions about services"),
        at("/v1/connect/intentions/check")
            .get(
                "service:read",
                reads.once(NONE, intentions::check),
                "Whether one service may connect to another"),
        at("/v1/connect/intentions/")
            .get(read, reads.blocking(NONE, legacy::get), "An intention by its id")
            .put(write, legacy::update, "Replaces it")
            .delete(write, legacy::delete, "Deletes it"),
        at("/v1/discovery-chain/")
            .get("service:read", reads.blocking(WITH_CONSISTENCY, chain::get), "Where requests go")
            .post(
                "service:read",
                reads.blocking(WITH_CONSISTENCY, chain::post),
                "The same with some settings replaced"));
  }

  private static List<Endpoint> state(Endpoints endpoints, Reads reads) {
    SnapshotEndpoints snapshots = endpoints.snapshots();
    return List.of(
        at("/v1/snapshot")
            .get("acl:write", snapshots::save, "The whole state, in an archive")
            .put("acl:write", snapshots.restore(), "Puts an archive in place of the state"),
        at("/v1/operator/usage")
            .get(
                "operator:read",
                reads.blocking(WITH_CONSISTENCY, endpoints.usage()::get),
                "How much is registered"),
        at("/v1/operator/quota")
            .get(
                "operator:read",
                reads.once(PLAIN, endpoints.quota()::get),
                "How much may be kept, and how much is (Hanse only)")
            .put("operator:write", endpoints.quota()::put, "Sets how much may be kept"),
        at("/v1/internal/state-digest")
            .get(
                "operator:read",
                endpoints.digests()::compare,
                "Whether all servers have the same state (Hanse only)"));
  }
}
